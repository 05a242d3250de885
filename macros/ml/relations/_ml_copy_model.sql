{#-
  Copies a trained model, in the place of one that is there, and then runs the statements `and_then`, if there
  are any.

  BigQuery  copies by a job, whole or not at all; the statements follow it.
  DuckDB    does both in one transaction, or nothing. It commits, because the engine sees what is committed.
-#}
{% macro _ml_copy_model(source, destination, and_then='') %}
    {{- return(adapter.dispatch('_ml_copy_model', 'azekura')(source, destination, and_then)) -}}
{% endmacro %}

{% macro default___ml_copy_model(source, destination, and_then) %}
    {{- _no_such_side('_ml_copy_model') -}}
{% endmacro %}


{% macro bigquery___ml_copy_model(source, destination, and_then) %}
    {%- do adapter.copy_table(source, destination, 'table') -%}
    {%- if and_then -%} {%- do run_query(and_then) -%} {%- endif -%}
{% endmacro %}


{% macro duckdb___ml_copy_model(source, destination, and_then) %}
    {%- call statement('copy_model') -%}
create or replace table {{ destination }} as (select * from {{ source }});
{{ and_then }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
{% endmacro %}
