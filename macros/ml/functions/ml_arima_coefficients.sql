{#-
  ML.ARIMA_COEFFICIENTS of a model of time series as a table, one row per series:

    the columns of time_series_id_col, ar_coefficients ARRAY<FLOAT64>, ma_coefficients ARRAY<FLOAT64>,
    intercept_or_drift FLOAT64
-#}
{% macro ml_arima_coefficients(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_arima_coefficients') -%}
    {{- return(adapter.dispatch('ml_arima_coefficients', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_arima_coefficients(model) %}
    {{- _no_such_side('ml_arima_coefficients') -}}
{% endmacro %}


{% macro bigquery__ml_arima_coefficients(model) -%}
{{ _ml_call('arima_coefficients', model) }}
{%- endmacro %}


{% macro duckdb__ml_arima_coefficients(model) -%}
{{ _duckdb_ml_answer(model, 'ml_arima_coefficients') }}
{%- endmacro %}
