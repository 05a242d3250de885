{#-
  ML.FORECAST of a model of time series as a table, one row per series and point in time after the last one trained on:

    the columns of time_series_id_col, forecast_timestamp TIMESTAMP, forecast_value, standard_error, confidence_level,
    prediction_interval_lower_bound, prediction_interval_upper_bound, confidence_interval_lower_bound,
    confidence_interval_upper_bound FLOAT64

  `horizon` is how many points, 3 if it is left out, and at most the model's option horizon. `confidence_level` is the
  share of values that should lie in the interval, 0.95 if it is left out.

  A model with features needs `data`: a relation, the name of a CTE, or a query that holds the features, the point in time
  and the columns of time_series_id_col. Only its rows are forecast.
-#}
{% macro ml_forecast(model, horizon=none, confidence_level=none, data=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_forecast') -%}
    {%- do _ml_check_horizon('ml_forecast', trained, horizon) -%}
    {%- do _ml_check_share('ml_forecast', trained, 'confidence_level', confidence_level) -%}
    {%- do _ml_check_features('ml_forecast', trained, data) -%}
    {{- return(adapter.dispatch('ml_forecast', 'azekura')(_ml_relation(model), horizon, confidence_level, data)) -}}
{% endmacro %}

{% macro default__ml_forecast(model, horizon, confidence_level, data) %}
    {{- _no_such_side('ml_forecast') -}}
{% endmacro %}


{% macro bigquery__ml_forecast(model, horizon, confidence_level, data=none) -%}
{{ _ml_call('forecast', model, [
    _ml_series_settings(horizon, confidence_level, data), _ml_query(data) if data is not none
]) }}
{%- endmacro %}


{% macro duckdb__ml_forecast(model, horizon, confidence_level, data=none) -%}
{%- set trained = _ml_model_config(model, 'ml_forecast') -%}
{%- set add = ' + list_sum(bqml_given.bqml_added)' if data is not none -%}
(
    select
        bqml_ahead.* exclude (bqml_made),
        make_timestamp(bqml_made.keys[2]) as forecast_timestamp,
        bqml_made.numbers[1]{{ add }} as forecast_value,
        bqml_made.numbers[2] as standard_error,
        bqml_made.numbers[3] as confidence_level,
        bqml_made.numbers[4]{{ add }} as prediction_interval_lower_bound,
        bqml_made.numbers[5]{{ add }} as prediction_interval_upper_bound,
        bqml_made.numbers[4]{{ add }} as confidence_interval_lower_bound,
        bqml_made.numbers[5]{{ add }} as confidence_interval_upper_bound
    from {{ _duckdb_ml_made(model, 'ml_forecast', {'horizon': horizon, 'confidence_level': confidence_level}) }} as bqml_ahead
    {%- if data is not none %}
    inner join {{ _duckdb_ml_added(model, trained, data, 'ml_forecast') }} as bqml_given
        on {{ _duckdb_ml_is_of(trained, 'bqml_ahead', 'bqml_given') }}
    {%- endif %}
)
{%- endmacro %}
