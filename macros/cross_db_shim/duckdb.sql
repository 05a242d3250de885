{#-
  Overrides of dbt-duckdb's own macros, and nothing else.

  `partition_by` states the physical design once, in BigQuery's form. A table in a DuckDB file has no
  partitions (its row groups carry minima and maxima), so the setting is left to BigQuery. Incomplete:
  DuckLake's partitioned tables cannot be asked for this way.
-#}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
    {{ return(none) }}
{% endmacro %}
