{#-
  The rows of `data` with the engine's output beside them. The model is given by its name and version:
  the engine reads the artifact once; as an argument it would be copied for every row. `settings` is a
  dict, for the functions that take settings.
-#}
{% macro _duckdb_ml_output(model, data, with_classes=false, function='bqml_predict', settings=none) -%}
(
        select
            {{ function }}({{ text_literal(model | string) }}, bqml_model.model_version
            {%- if settings is not none %}, {{ text_literal(tojson(settings)) }}{% endif %}, bqml_row) as bqml_output,
            {%- if with_classes %}
            bqml_model.label_classes as bqml_classes,
            {%- endif %}
            bqml_row.*
        from {{ _rows_of(data) }} as bqml_row
        cross join {{ model }} as bqml_model
    )
{%- endmacro %}
