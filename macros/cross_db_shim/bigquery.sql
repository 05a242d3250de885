{#-
  Overrides of dbt-bigquery's own macros, and nothing else.

  dbt-bigquery knows merge, insert_overwrite and microbatch. Our `replace_window` goes its way for
  insert_overwrite, up to the statement: dbt's replaces the partitions that new rows are in, ours the
  days of the window, so that a day which holds no row any more is emptied. The days stand in it as
  constants, which is also what lets BigQuery leave the other partitions alone. Incomplete:
  `copy_partitions` is not heeded.
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


{% macro bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
    {%- if config.get('incremental_strategy') != 'replace_window' -%}
        {{ return(dbt.bq_insert_overwrite_sql(
            tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
        )) }}
    {%- endif -%}
    {%- do _require_window(model.compiled_code or sql) -%}
    {%- set rows = '(select * from ' ~ tmp_relation ~ ')' if tmp_relation_exists else '(' ~ sql ~ ')' -%}
    {%- set days = in_window('DBT_INTERNAL_DEST.' ~ config.require('event_time')) -%}
    {{ get_insert_overwrite_merge_sql(
        target_relation, rows, dest_columns, [days], include_sql_header=not tmp_relation_exists
    ) }}
{% endmacro %}
