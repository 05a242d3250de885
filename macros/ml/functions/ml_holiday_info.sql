{#-
  ML.HOLIDAY_INFO of a model of time series as a table, one row per holiday that the model knows:

    region STRING, holiday_name STRING, primary_date DATE, preholiday_days INT64, postholiday_days INT64

  It has no rows if the model was trained without holidays.
-#}
{% macro ml_holiday_info(model) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_model_for(model, 'ml_holiday_info') -%}
    {{- return(adapter.dispatch('ml_holiday_info', 'azekura')(_ml_relation(model))) -}}
{% endmacro %}

{% macro default__ml_holiday_info(model) %}
    {{- _no_such_side('ml_holiday_info') -}}
{% endmacro %}


{% macro bigquery__ml_holiday_info(model) -%}
{{ _ml_call('holiday_info', model) }}
{%- endmacro %}


{% macro duckdb__ml_holiday_info(model) -%}
{{ _duckdb_ml_answer(model, 'ml_holiday_info') }}
{%- endmacro %}
