{#-
  How many rows a query gives, and a checksum of all that is in them: rows_count, checksum (text). The order of the rows
  does not matter, how often each occurs does; names, order and types of the columns do. The two engines
  write a row differently, so a checksum is compared with others of the same engine.
-#}
{% macro rows_checksum(query) %}
    {{- return(adapter.dispatch('rows_checksum', 'azekura')(query)) -}}
{% endmacro %}

{% macro default__rows_checksum(query) %}
    {{- _no_such_side('rows_checksum') -}}
{% endmacro %}

{% macro bigquery__rows_checksum(query) -%}
(
    select
        count(*) as rows_count,
        cast(coalesce(sum(cast(farm_fingerprint(to_json_string(counted)) as numeric)), 0) as string) as checksum
    from (
{{ query }}
    ) as counted
)
{%- endmacro %}

{% macro duckdb__rows_checksum(query) -%}
(
    select
        count(*) as rows_count,
        cast(coalesce(sum(cast(md5_number_lower(cast(counted as varchar)) as hugeint)), 0) as varchar) as checksum
    from (
{{ query }}
    ) as counted
)
{%- endmacro %}
