{#-
  ML.ARIMA_EVALUATE of a model of time series as a table, one row per series and process tried:

    the columns of time_series_id_col, non_seasonal_p, non_seasonal_d, non_seasonal_q INT64, has_drift BOOL,
    log_likelihood, AIC, variance FLOAT64, seasonal_periods ARRAY<STRING>, has_holiday_effect, has_spikes_and_dips,
    has_step_changes BOOL, error_message STRING

  With `show_all_candidate_models` false it is the best process of each series; left out, that is so where there is a
  time_series_id_col. A series that could not be forecast says why in error_message.
-#}
{% macro ml_arima_evaluate(model, show_all_candidate_models=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_arima_evaluate') -%}
    {{- return(adapter.dispatch('ml_arima_evaluate', 'azekura')(_ml_relation(model), show_all_candidate_models)) -}}
{% endmacro %}

{% macro default__ml_arima_evaluate(model, show_all_candidate_models) %}
    {{- _no_such_side('ml_arima_evaluate') -}}
{% endmacro %}


{% macro bigquery__ml_arima_evaluate(model, show_all_candidate_models) -%}
{{ _ml_call('arima_evaluate', model, [_ml_settings({'show_all_candidate_models': show_all_candidate_models})]) }}
{%- endmacro %}


{% macro duckdb__ml_arima_evaluate(model, show_all_candidate_models) -%}
{{ _duckdb_ml_answer(
    model, 'ml_arima_evaluate', _ml_given({'show_all_candidate_models': show_all_candidate_models})
) }}
{%- endmacro %}
