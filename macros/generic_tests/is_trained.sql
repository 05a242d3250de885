{#- Passes when a trained model answers: it can be evaluated on the split it kept, or forecasts at least one series. -#}
{% test is_trained(model) %}
{%- set is_series = execute and _ml_model_config(model, 'is_trained').kind == 'time_series' -%}
select 1 as untrained
from (
    {%- if is_series %}
    select count(distinct forecast_timestamp) as rows_count from {{ ml_forecast(model, horizon=1) }} as forecast
    {%- else %}
    select count(*) as rows_count from {{ ml_evaluate(model) }} as evaluation
    {%- endif %}
) as answer
where rows_count {{ '= 0' if is_series else '!= 1' }}
{% endtest %}
