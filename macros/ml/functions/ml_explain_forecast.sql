{#-
  ML.EXPLAIN_FORECAST of a model of time series as a table, one row per series and point in time, of the history and of
  the forecast:

    the columns of time_series_id_col, time_series_timestamp TIMESTAMP, time_series_type STRING ('history' or
    'forecast'), time_series_data, time_series_adjusted_data, standard_error, confidence_level,
    prediction_interval_lower_bound, prediction_interval_upper_bound, trend, seasonal_period_yearly,
    seasonal_period_quarterly, seasonal_period_monthly, seasonal_period_weekly, seasonal_period_daily, holiday_effect,
    spikes_and_dips, step_changes, residual FLOAT64, and holiday_effect_<name> for each holiday that the model knows

  The history is the sum of its parts; a part that a series does not have is NULL. `horizon` and `confidence_level` are
  those of ml_forecast.
-#}
{% macro ml_explain_forecast(model, horizon=none, confidence_level=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_explain_forecast') -%}
    {%- do _ml_check_horizon('ml_explain_forecast', trained, horizon) -%}
    {%- do _ml_check_share('ml_explain_forecast', trained, 'confidence_level', confidence_level) -%}
    {{- return(adapter.dispatch('ml_explain_forecast', 'azekura')(_ml_relation(model), horizon, confidence_level)) -}}
{% endmacro %}

{% macro default__ml_explain_forecast(model, horizon, confidence_level) %}
    {{- _no_such_side('ml_explain_forecast') -}}
{% endmacro %}


{% macro bigquery__ml_explain_forecast(model, horizon, confidence_level) -%}
{{ _ml_call('explain_forecast', model, [_ml_settings({'horizon': horizon, 'confidence_level': confidence_level})]) }}
{%- endmacro %}


{% macro duckdb__ml_explain_forecast(model, horizon, confidence_level) -%}
{%- set trained = _ml_model_config(model, 'ml_explain_forecast') -%}
(
    select
        * exclude (bqml_made),
        make_timestamp(bqml_made.keys[2]) as time_series_timestamp,
        case bqml_made.keys[3] when 1 then 'forecast' else 'history' end as time_series_type
        {%- for name, type, in_json in _duckdb_ml_columns(trained, 'ml_explain_forecast') if type == 'FLOAT64' %},
        bqml_made.numbers[{{ loop.index }}] as {{ name }}
        {%- endfor %}
    from {{ _duckdb_ml_made(model, 'ml_explain_forecast', {'horizon': horizon, 'confidence_level': confidence_level}) }}
)
{%- endmacro %}
