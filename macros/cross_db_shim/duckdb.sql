{#-
  Overrides of dbt-duckdb's own macros, and nothing else.

  `partition_by` states the physical design once, in BigQuery's form. A table in a DuckDB file has no
  partitions (its row groups carry minima and maxima), so the setting is left to BigQuery. Incomplete:
  DuckLake's partitioned tables cannot be asked for this way.
-#}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
    {{ return(none) }}
{% endmacro %}


{#- A DuckDB file has no users: who may read what is left to BigQuery. -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke) %}
{% endmacro %}


{#- Descriptions are read in dbt's documentation here, and in the catalog on BigQuery. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
{% endmacro %}
