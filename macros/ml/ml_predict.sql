{#-
  ML.PREDICT as a table: the model's columns, then every column of the input.

    regression      predicted_<label> FLOAT64
    classification  predicted_<label> in the label's own type, and predicted_<label>_probs, an array of
                    structs (label, prob), the highest label first
    KMEANS          CENTROID_ID INT64, and NEAREST_CENTROIDS_DISTANCE, an array of structs (CENTROID_ID,
                    DISTANCE), the nearest five
    PCA             principal_component_1, _2, ... FLOAT64; the feature columns are left out unless
                    keep_original_columns=true

  Features are matched by name; columns the model does not know pass through; a missing one is refused.
  `data` is a relation, the name of a CTE, or a query.

    select * from {{ ml_predict(ref('ml_late_arrival__model'), ref('flights_today')) }} as predicted
-#}
{% macro ml_predict(model, data, threshold=none, keep_original_columns=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_config(model, 'ml_predict') -%}
    {%- do _ml_threshold_is_for_classifiers('ml_predict', trained, threshold) -%}
    {%- if keep_original_columns is not none and trained.model_type != 'PCA' -%}
        {{ exceptions.raise_compiler_error(
            "ml_predict of " ~ trained.name ~ ": keep_original_columns is for PCA, and the model is "
            ~ trained.model_type ~ "; leave it out."
        ) }}
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
{%- set prediction = adapter.quote('predicted_' ~ trained.label) -%}
{%- set probabilities = adapter.quote('predicted_' ~ trained.label ~ '_probs') -%}
{%- if threshold is not none -%}
    {%- do _duckdb_ml_require_binary('ml_predict', trained, 'threshold', 'leave it out') -%}
{%- endif -%}
{%- if trained.kind == 'regression' -%}
(
    select
        bqml_output[1] as {{ prediction }},
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- elif trained.kind == 'classification' -%}
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
{%- elif trained.kind == 'KMEANS' -%}
(
    select
        list_position(bqml_output, list_min(bqml_output))::bigint as CENTROID_ID,
        list_transform(
            list_grade_up(bqml_output)[:5],
            lambda nearest: {'CENTROID_ID': nearest, 'DISTANCE': bqml_output[nearest]}
        ) as NEAREST_CENTROIDS_DISTANCE,
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- elif trained.kind == 'PCA' -%}
{%- set found = _duckdb_pca_columns(trained) -%}
{%- set dropped = ["''"] -%}
{%- for name in found.features if not keep_original_columns -%}
    {%- do dropped.append(text_literal(name | lower)) -%}
{%- endfor -%}
(
    select columns(lambda bqml_column: lower(bqml_column) not in ({{ dropped | join(', ') }}))
    from (
        select
            {%- for number in range(1, found.components + 1) %}
            bqml_output[{{ number }}] as principal_component_{{ number }},
            {%- endfor %}
            * exclude (bqml_output)
        from {{ _duckdb_ml_output(model, data) }}
    )
)
{%- else -%}
    {{ exceptions.raise_compiler_error(
        "ml_predict of " ~ trained.name ~ ": model type " ~ trained.model_type ~ " does not predict on DuckDB."
    ) }}
{%- endif -%}
{%- endmacro %}


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
        from {{ _ml_data(data) }} as bqml_row
        cross join {{ model }} as bqml_model
    )
{%- endmacro %}


{#-
  {components, features}: how many components a trained PCA model has and which columns it was trained
  on. Columns have to be named when a query is compiled, so this asks the model table, which dbt has
  built by then. On an empty warehouse it is what the options say.
-#}
{% macro _duckdb_pca_columns(trained) %}
    {%- set row = _duckdb_ml_trained(
        trained,
        "(options::json ->> 'num_principal_components')::int,"
        ~ " to_json(list_transform(features, lambda feature: feature.name))::varchar"
    ) -%}
    {%- if row is none -%}
        {{ return({'components': trained.options.get('num_principal_components', 1), 'features': []}) }}
    {%- endif -%}
    {{ return({'components': row[0] | int, 'features': fromjson(row[1])}) }}
{% endmacro %}
