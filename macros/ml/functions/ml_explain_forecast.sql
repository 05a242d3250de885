{#-
  ML.EXPLAIN_FORECAST of a model of time series as a table, one row per series and point in time, of the history and of
  the forecast:

    the columns of time_series_id_col, time_series_timestamp TIMESTAMP, time_series_type STRING ('history' or
    'forecast'), time_series_data, time_series_adjusted_data, standard_error, confidence_level,
    prediction_interval_lower_bound, prediction_interval_upper_bound, trend, seasonal_period_yearly,
    seasonal_period_quarterly, seasonal_period_monthly, seasonal_period_weekly, seasonal_period_daily, holiday_effect,
    spikes_and_dips, step_changes, residual FLOAT64, and holiday_effect_<name> for each holiday that the model knows,
    attribution_<name> for each feature that it has

  The history is the sum of its parts; a part that a series does not have is NULL. `horizon` and `confidence_level` are
  those of ml_forecast,
  and so is `data`.
-#}
{% macro ml_explain_forecast(model, horizon=none, confidence_level=none, data=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_explain_forecast') -%}
    {%- do _ml_check_horizon('ml_explain_forecast', trained, horizon) -%}
    {%- do _ml_check_share('ml_explain_forecast', trained, 'confidence_level', confidence_level) -%}
    {%- do _ml_check_features('ml_explain_forecast', trained, data) -%}
    {{- return(adapter.dispatch('ml_explain_forecast', 'azekura')(_ml_relation(model), horizon, confidence_level, data)) -}}
{% endmacro %}

{% macro default__ml_explain_forecast(model, horizon, confidence_level, data) %}
    {{- _no_such_side('ml_explain_forecast') -}}
{% endmacro %}


{% macro bigquery__ml_explain_forecast(model, horizon, confidence_level, data=none) -%}
{{ _ml_call('explain_forecast', model, [
    _ml_series_settings(horizon, confidence_level, data), _ml_query(data) if data is not none
]) }}
{%- endmacro %}


{% macro duckdb__ml_explain_forecast(model, horizon, confidence_level, data=none) -%}
{%- set trained = _ml_model_config(model, 'ml_explain_forecast') -%}
{%- set moved = [
    'time_series_data', 'time_series_adjusted_data', 'prediction_interval_lower_bound', 'prediction_interval_upper_bound'
] -%}
{%- set columns = [] -%}
{%- for column in _duckdb_ml_columns(trained, 'ml_explain_forecast') if column[1] == 'FLOAT64' -%}
    {%- do columns.append(column[0]) -%}
{%- endfor -%}
{%- set features = _duckdb_ml_detail(trained, 'features') -%}
(
    select
        bqml_rows.* exclude (bqml_made),
        make_timestamp(bqml_made.keys[2]) as time_series_timestamp,
        case bqml_made.keys[3] when 1 then 'forecast' else 'history' end as time_series_type
        {%- for name in columns %},
        {% if data is not none and name in moved -%}
        bqml_made.numbers[{{ loop.index }}]
            + case bqml_made.keys[3] when 1 then list_sum(bqml_given.bqml_added) else 0 end as {{ name }}
        {%- elif loop.index > columns | length - features | length -%}
        coalesce(
            bqml_made.numbers[{{ loop.index }}],
            bqml_given.bqml_added[{{ loop.index - columns | length + features | length }}]
        ) as {{ adapter.quote(name) }}
        {%- else -%}
        bqml_made.numbers[{{ loop.index }}] as {{ adapter.quote(name) }}
        {%- endif -%}
        {%- endfor %}
    from {{ _duckdb_ml_made(model, 'ml_explain_forecast', {'horizon': horizon, 'confidence_level': confidence_level}) }} as bqml_rows
    {%- if data is not none %}
    left join {{ _duckdb_ml_added(model, trained, data, 'ml_explain_forecast') }} as bqml_given
        on {{ _duckdb_ml_is_of(trained, 'bqml_rows', 'bqml_given') }} and bqml_rows.bqml_made.keys[3] = 1
    where bqml_made.keys[3] = 0 or bqml_given.bqml_added is not null
    {%- endif %}
)
{%- endmacro %}
