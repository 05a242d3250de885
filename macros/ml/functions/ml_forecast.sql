{#-
  ML.FORECAST of a model of time series as a table, one row per series and point in time after the last one trained on:

    the columns of time_series_id_col, forecast_timestamp TIMESTAMP, forecast_value, standard_error, confidence_level,
    prediction_interval_lower_bound, prediction_interval_upper_bound, confidence_interval_lower_bound,
    confidence_interval_upper_bound FLOAT64

  `horizon` is how many points, 3 if it is left out, and at most the model's option horizon. `confidence_level` is the
  share of values that should lie in the interval, 0.95 if it is left out.
-#}
{% macro ml_forecast(model, horizon=none, confidence_level=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_forecast') -%}
    {%- do _ml_check_horizon('ml_forecast', trained, horizon) -%}
    {%- do _ml_check_share('ml_forecast', trained, 'confidence_level', confidence_level) -%}
    {{- return(adapter.dispatch('ml_forecast', 'azekura')(_ml_relation(model), horizon, confidence_level)) -}}
{% endmacro %}

{% macro default__ml_forecast(model, horizon, confidence_level) %}
    {{- _no_such_side('ml_forecast') -}}
{% endmacro %}


{% macro bigquery__ml_forecast(model, horizon, confidence_level) -%}
{{ _ml_call('forecast', model, [_ml_settings({'horizon': horizon, 'confidence_level': confidence_level})]) }}
{%- endmacro %}


{% macro duckdb__ml_forecast(model, horizon, confidence_level) -%}
(
    select
        * exclude (bqml_made),
        make_timestamp(bqml_made.keys[2]) as forecast_timestamp,
        bqml_made.numbers[1] as forecast_value,
        bqml_made.numbers[2] as standard_error,
        bqml_made.numbers[3] as confidence_level,
        bqml_made.numbers[4] as prediction_interval_lower_bound,
        bqml_made.numbers[5] as prediction_interval_upper_bound,
        bqml_made.numbers[4] as confidence_interval_lower_bound,
        bqml_made.numbers[5] as confidence_interval_upper_bound
    from {{ _duckdb_ml_made(model, 'ml_forecast', {'horizon': horizon, 'confidence_level': confidence_level}) }}
)
{%- endmacro %}
