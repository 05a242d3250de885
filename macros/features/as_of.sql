{#-
  A table as it was at a past moment, as a subquery: `select * from {{ as_of(ref('snap_airport'), "timestamp '2013-06-01'") }} as airport`.

  Of a snapshot it takes the rows that were believed then. Of any other table BigQuery knows the last seven days by
  itself; DuckDB remembers nothing, and says so: take a snapshot of what you want to look back on.
-#}
{% macro as_of(relation, moment) %}
    {%- if not execute -%} {{ return(relation) }} {%- endif -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'snapshot' and node.relation_name == relation | string -%}
        {{ return("(select * from " ~ relation ~ " where dbt_valid_from <= " ~ moment ~ " and " ~ moment ~ " < dbt_valid_to)") }}
    {%- endfor -%}
    {{- return(_table_as_of(relation, moment)) -}}
{% endmacro %}


{% macro _table_as_of(relation, moment) %}
    {{- return(adapter.dispatch('_table_as_of', 'azekura')(relation, moment)) -}}
{% endmacro %}

{% macro bigquery___table_as_of(relation, moment) -%}
(select * from {{ relation }} for system_time as of {{ moment }})
{%- endmacro %}

{% macro duckdb___table_as_of(relation, moment) -%}
    {%- do _refuse(
        'as_of', relation ~ " is no snapshot, and DuckDB keeps no past states; snapshot it"
        ~ " (snapshots/), or read it on BigQuery."
    ) -%}
{%- endmacro %}
