{#-
  ML.DETECT_ANOMALIES as a table: the model's columns, then every column of the input.

    clustering                is_anomaly BOOL, normalized_distance FLOAT64, centroid_id INT64
    dimensionality reduction  is_anomaly BOOL, mean_squared_error FLOAT64
    time series               the columns of time_series_id_col, the point in time TIMESTAMP, the value FLOAT64,
                              is_anomaly BOOL, lower_bound, upper_bound, anomaly_probability FLOAT64; of the input,
                              the columns beside these

  Of clusters and components, a row is an anomaly if its number is above that of all but a share, `contamination`, of
  the training rows. `data` is a relation, the name of a CTE, or a query, and holds the features.

  Of time series, a value is an anomaly if it lies farther from its forecast than all but a share,
  `anomaly_prob_threshold` (0.95 if it is left out), should. Without `data` it is the history that is looked at. A row
  of data that the model makes no forecast for has NULL in all of this.
-#}
{% macro ml_detect_anomalies(model, data=none, contamination=none, anomaly_prob_threshold=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_detect_anomalies') -%}
    {%- if trained.kind == 'time_series' -%}
        {%- do _ml_check_share('ml_detect_anomalies', trained, 'anomaly_prob_threshold', anomaly_prob_threshold) -%}
        {%- if contamination is not none -%}
            {%- do _ml_model_refused(
                'ml_detect_anomalies', trained.name, "contamination is not for models of time series; give"
                ~ " anomaly_prob_threshold instead."
            ) -%}
        {%- endif -%}
    {%- else -%}
        {%- do _ml_check_contamination(trained, data, contamination, anomaly_prob_threshold) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_detect_anomalies', 'azekura')(
        _ml_relation(model), data, {'contamination': contamination, 'anomaly_prob_threshold': anomaly_prob_threshold}
    )) -}}
{% endmacro %}

{% macro default__ml_detect_anomalies(model, data, settings) %}
    {{- _no_such_side('ml_detect_anomalies') -}}
{% endmacro %}


{% macro bigquery__ml_detect_anomalies(model, data, settings) -%}
{%- set given = {'contamination': settings.contamination | float} if settings.contamination is not none
    else {'anomaly_prob_threshold': settings.anomaly_prob_threshold if settings.anomaly_prob_threshold is not none else 0.95} -%}
{{ _ml_call('detect_anomalies', model, [_ml_settings(given), _ml_query(data) if data is not none]) }}
{%- endmacro %}


{% macro duckdb__ml_detect_anomalies(model, data, settings) -%}
{%- set trained = _ml_model_config(model, 'ml_detect_anomalies') -%}
{%- if trained.kind == 'time_series' -%}
{{ _duckdb_ml_anomalies_of_series(model, trained, data, settings.anomaly_prob_threshold) }}
{%- else -%}
{%- set columns = _ml_columns(trained, 'ml_detect_anomalies') -%}
(
    select
        bqml_output.is_anomaly as is_anomaly,
        bqml_output.score as {{ columns[1][0] }},
        {%- if columns | length > 2 %}
        bqml_output.centroid_id as {{ columns[2][0] }},
        {%- endif %}
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(
        model, data, function='bqml_detect_anomalies', settings={'contamination': settings.contamination}
    ) }}
)
{%- endif -%}
{%- endmacro %}
