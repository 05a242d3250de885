{#-
  Overrides of dbt-duckdb's own macros, and nothing else.

  `partition_by` states the physical design once, in BigQuery's form. A table in a DuckDB file has no
  partitions (its row groups carry minima and maxima), so the setting is left to BigQuery. Incomplete:
  DuckLake's partitioned tables cannot be asked for this way.
-#}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
    {{ return(none) }}
{% endmacro %}


{#- DuckDB has no type FLOAT64: the column types of a seed are BigQuery's names, translated as a contract's are. -#}
{% macro duckdb__create_csv_table(model, agate_table) %}
    {%- set types = {} -%}
    {%- for column, type in model.config.column_types.items() -%}
        {%- do types.update({column: api.Column.translate_type(type)}) -%}
    {%- endfor -%}
    {{ return(dbt.default__create_csv_table(
        dict(model, config=dict(model.config, column_types=types)), agate_table
    )) }}
{% endmacro %}


{#- A DuckDB file has no users: who may read what is left to BigQuery. -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke) %}
{% endmacro %}


{#- Descriptions are read in dbt's documentation here, and in the catalog on BigQuery. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
{% endmacro %}
