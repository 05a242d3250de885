{#-
  The parts of a trained model that bqml_describe calls `what`, one row each, as the struct `part`: id,
  feature, numerical_value and categorical_value.
-#}
{% macro _duckdb_ml_parts(model, what) -%}
(
        select unnest(bqml_describe({{ text_literal(model | string) }}, model_version, {{ text_literal(what) }})) as part
        from {{ model }}
    )
{%- endmacro %}
