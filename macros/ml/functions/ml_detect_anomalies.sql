{#-
  ML.DETECT_ANOMALIES as a table: the model's columns, then every column of the input.

    clustering                is_anomaly BOOL, normalized_distance FLOAT64, centroid_id INT64
    dimensionality reduction  is_anomaly BOOL, mean_squared_error FLOAT64

  A row is an anomaly if its number is above that of all but a share, `contamination`, of the training
  rows. `data` is a relation, the name of a CTE, or a query, and holds the features.
-#}
{% macro ml_detect_anomalies(model, data, contamination) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_detect_anomalies') -%}
    {%- if contamination is not number or contamination < 0 or contamination > 0.5 -%}
        {%- do _ml_model_refused(
            'ml_detect_anomalies', trained.name, "contamination must be a number between 0 and 0.5, got "
            ~ contamination ~ "."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_detect_anomalies', 'azekura')(_ml_relation(model), data, contamination)) -}}
{% endmacro %}

{% macro default__ml_detect_anomalies(model, data, contamination) %}
    {{- _no_such_side('ml_detect_anomalies') -}}
{% endmacro %}


{% macro bigquery__ml_detect_anomalies(model, data, contamination) -%}
{{ _ml_call('detect_anomalies', model, [
    _ml_settings({'contamination': contamination | float}), _ml_query(data)
]) }}
{%- endmacro %}


{% macro duckdb__ml_detect_anomalies(model, data, contamination) -%}
{%- set columns = _ml_columns(_ml_model_config(model, 'ml_detect_anomalies'), 'ml_detect_anomalies') -%}
(
    select
        bqml_output.is_anomaly as is_anomaly,
        bqml_output.score as {{ columns[1][0] }},
        {%- if columns | length > 2 %}
        bqml_output.centroid_id as {{ columns[2][0] }},
        {%- endif %}
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(
        model, data, function='bqml_detect_anomalies', settings={'contamination': contamination}
    ) }}
)
{%- endmacro %}
