{#-
  ML.PREDICT as a table: the model's columns, then every column of the input.

    regression      predicted_<label> FLOAT64
    classification  predicted_<label> in the label's own type, and predicted_<label>_probs, an array of
                    structs (label, prob), the highest label first
    clustering      CENTROID_ID INT64, and NEAREST_CENTROIDS_DISTANCE, an array of structs (CENTROID_ID,
                    DISTANCE), the nearest five
    dimensionality  principal_component_1, _2, ... FLOAT64; the feature columns are left out unless
    reduction       keep_original_columns=true
    imported        the outputs of the model, by its own names and of its own types

  Features are matched by name; columns the model does not know pass through; a missing one is refused.
  `data` is a relation, the name of a CTE, or a query.

    select * from {{ ml_predict(ref('ml_late_arrival__model'), ref('flights_today')) }} as predicted
-#}
{% macro ml_predict(model, data, threshold=none, keep_original_columns=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_predict') -%}
    {%- do _ml_threshold('ml_predict', trained, threshold) -%}
    {%- if keep_original_columns is not none and _ml_keeps(trained, 'ml_predict') != 'others' -%}
        {%- do _ml_model_refused(
            'ml_predict', trained.name, "keep_original_columns is for " ~ _ml_function('ml_predict').drops_for
            ~ ", and the model is " ~ trained.model_type ~ "; leave it out."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_predict', 'azekura')(_ml_relation(model), data, threshold, keep_original_columns)) -}}
{% endmacro %}

{% macro default__ml_predict(model, data, threshold, keep_original_columns=none) %}
    {{- _no_such_side('ml_predict') -}}
{% endmacro %}


{% macro bigquery__ml_predict(model, data, threshold, keep_original_columns=none) -%}
{{ _ml_call('predict', model, [
    _ml_query(data), _ml_settings({'threshold': threshold, 'keep_original_columns': keep_original_columns})
]) }}
{%- endmacro %}


{% macro duckdb__ml_predict(model, data, threshold, keep_original_columns=none) -%}
{%- set trained = _ml_model_config(model, 'ml_predict') -%}
{{ context['_duckdb_ml_predicted_' ~ trained.kind](
    model, trained, data, {'threshold': threshold, 'keep_original_columns': keep_original_columns}
) }}
{%- endmacro %}
