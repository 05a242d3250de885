{#-
  The incremental strategy `replace_window`: the days of the run's window are deleted and written
  anew in one transaction, so a run can be repeated and a row that is no longer true goes away.
  DuckDB runs this statement. BigQuery replaces the same days with one MERGE
  (macros/cross_db_shim/bigquery.sql).
-#}
{% macro get_incremental_replace_window_sql(arg_dict) %}
    {%- do _require_window(model.compiled_code) -%}
    {%- set day = config.require('event_time') -%}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    delete from {{ arg_dict.target_relation }}
    where {{ in_window(day) }};

    insert into {{ arg_dict.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict.temp_relation }};
{% endmacro %}
