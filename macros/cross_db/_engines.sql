{#- The engines that this project runs on, by the names that dbt gives their adapters. -#}
{% macro _engines() %}
    {{ return(['bigquery', 'duckdb']) }}
{% endmacro %}
