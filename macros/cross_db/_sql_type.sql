{#- A type by BigQuery's name, as the engine calls it. -#}
{% macro _sql_type(type) %}
    {{ return({
        'string': dbt.type_string(), 'int64': dbt.type_bigint(), 'float64': dbt.type_float(), 'bool': 'bool',
        'timestamp': dbt.type_timestamp(), 'date': 'date',
    }[type]) }}
{% endmacro %}
