{#-
  Overrides of dbt-bigquery's own macros, and nothing else.

  dbt-bigquery knows merge, insert_overwrite and microbatch. Our `replace_window` is its dynamic
  insert_overwrite: the partitions present in the new rows are replaced. Incomplete in one case: a day
  that held rows and now holds none keeps the old ones (rebuild it with --full-refresh).
-#}
{% macro dbt_bigquery_validate_get_incremental_strategy(config) %}
    {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
    {%- if strategy == 'replace_window' -%}
        {{ return('insert_overwrite') }}
    {%- endif -%}
    {%- if strategy not in ['merge', 'insert_overwrite', 'microbatch'] -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": incremental_strategy '" ~ strategy
            ~ "' is unknown on BigQuery; use replace_window, merge, insert_overwrite or microbatch."
        ) }}
    {%- endif -%}
    {%- if strategy == 'microbatch' -%}
        {%- do bq_validate_microbatch_config(config) -%}
    {%- endif -%}
    {{ return(strategy) }}
{% endmacro %}
