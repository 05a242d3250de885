{#-
  ML.PREDICT as a table: the model's columns, then every column of the input.

    regression      predicted_<label> FLOAT64
    classification  predicted_<label> in the label's own type, and predicted_<label>_probs, an array of
                    structs (label, prob), the highest label first

  Features are matched by name; columns the model does not know pass through; a missing one is refused.
  `data` is a relation, the name of a CTE, or a query.

    select * from {{ ml_predict(ref('ml_late_arrival__model'), ref('flights_today')) }} as predicted
-#}
{% macro ml_predict(model, data, threshold=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_config(model, 'ml_predict') -%}
    {%- if threshold is not none and trained.model_type != 'LOGISTIC_REG' -%}
        {{ exceptions.raise_compiler_error(
            "ml_predict of " ~ trained.name ~ ": threshold is for binary classifiers, and the model is "
            ~ trained.model_type ~ "; leave it out."
        ) }}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_predict', 'azekura')(model, data, threshold)) -}}
{% endmacro %}

{% macro default__ml_predict(model, data, threshold) %}
    {{- _no_such_side('ml_predict') -}}
{% endmacro %}


{% macro bigquery__ml_predict(model, data, threshold) -%}
ml.predict(
    model {{ model }},
    {{ _ml_query(data) }}
    {%- if threshold is not none %},
    struct({{ threshold }} as threshold)
    {%- endif %}
)
{%- endmacro %}


{% macro duckdb__ml_predict(model, data, threshold) -%}
{%- set trained = _ml_model_config(model, 'ml_predict') -%}
{%- set prediction = adapter.quote('predicted_' ~ trained.label) -%}
{%- set probabilities = adapter.quote('predicted_' ~ trained.label ~ '_probs') -%}
{%- if trained.model_type == 'LINEAR_REG' -%}
(
    select
        bqml_output[1] as {{ prediction }},
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- elif trained.model_type == 'LOGISTIC_REG' -%}
(
    select
        case
            when len(bqml_classes) = 2
                then bqml_classes[case when bqml_output[2] > {{ threshold if threshold is not none else 0.5 }} then 2 else 1 end]
            else bqml_classes[list_position(bqml_output, list_max(bqml_output))]
        end as {{ prediction }},
        list_reverse(list_transform(
            list_zip(bqml_classes, bqml_output),
            lambda pair: {'label': pair[1], 'prob': pair[2]}
        )) as {{ probabilities }},
        * exclude (bqml_output, bqml_classes)
    from {{ _duckdb_ml_output(model, data, with_classes=true) }}
)
{%- else -%}
    {{ exceptions.raise_compiler_error(
        "ml_predict of " ~ trained.name ~ ": model type " ~ trained.model_type ~ " does not predict on DuckDB."
    ) }}
{%- endif -%}
{%- endmacro %}


{#-
  The rows of `data` with the engine's output beside them. The model is given by its name and version:
  the engine reads the artifact once; as an argument it would be copied for every row.
-#}
{% macro _duckdb_ml_output(model, data, with_classes=false) -%}
(
        select
            bqml_predict({{ text_literal(model | string) }}, bqml_model.model_version, bqml_row) as bqml_output,
            {%- if with_classes %}
            bqml_model.label_classes as bqml_classes,
            {%- endif %}
            bqml_row.*
        from {{ _ml_data(data) }} as bqml_row
        cross join {{ model }} as bqml_model
    )
{%- endmacro %}
