{#- What a model that was made elsewhere says of each row: its outputs, by its own names and of its own types. -#}
{% macro _duckdb_ml_predicted_imported(model, trained, data, settings) -%}
{%- set outputs = _duckdb_ml_own_outputs(trained) -%}
(
    select
        {%- for name in outputs %}
        bqml_values.{{ adapter.quote(name) }} as {{ adapter.quote(name) }},
        {%- endfor %}
        * exclude (bqml_output, bqml_values)
    from (
        select
            from_json(bqml_output, {{ text_literal(tojson(outputs)) }}) as bqml_values,
            *
        from {{ _duckdb_ml_output(model, data, function='bqml_predict_values') }}
    )
)
{%- endmacro %}


{#-
  {name: type as from_json takes it} of the outputs of a trained model. Columns have to be named when a query is
  compiled, so this asks the model table, which dbt has built by then. On an empty warehouse there is one.
-#}
{% macro _duckdb_ml_own_outputs(trained) %}
    {%- set types = {
        'INT64': 'BIGINT', 'FLOAT64': 'DOUBLE', 'BOOL': 'BOOLEAN', 'STRING': 'VARCHAR', 'DATE': 'DATE', 'TIMESTAMP': 'TIMESTAMP',
    } -%}
    {%- set row = _duckdb_ml_trained(trained, 'to_json(outputs)::varchar') -%}
    {%- set outputs = {} -%}
    {%- for output in ([{'name': 'output', 'data_type': 'FLOAT64'}] if row is none else fromjson(row[0])) -%}
        {%- set depth = output.data_type.count('ARRAY<') -%}
        {%- set name = types[output.data_type | replace('ARRAY<', '') | replace('>', '')] -%}
        {%- do outputs.update({output.name: fromjson('[' * depth ~ tojson(name) ~ ']' * depth)}) -%}
    {%- endfor -%}
    {{ return(outputs) }}
{% endmacro %}
