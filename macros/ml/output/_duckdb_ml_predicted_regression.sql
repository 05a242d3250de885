{#- A number for each row. -#}
{% macro _duckdb_ml_predicted_regression(model, trained, data, settings) -%}
(
    select
        bqml_output[1] as {{ adapter.quote('predicted_' ~ trained.label) }},
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- endmacro %}
