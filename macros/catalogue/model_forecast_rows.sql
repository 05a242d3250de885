{#-
  One row per trained model of time series, series and point in time of its predictions: model_name, series,
  moment, is_forecast, value, predicted, lower_bound, upper_bound, is_anomaly, trend, seasonal, residual. `series` are
  the columns of time_series_id_col that the predictions hold, as one text; `seasonal` is the sum of the seasonal parts.
  Of a model of more than `most_series` series it is the first, in alphabetical order.
  Predictions that lack one of the columns lower_bound, upper_bound, is_anomaly, is_forecast, trend and residual, or
  predicted_<value>, are left out.
-#}
{% macro model_forecast_rows(most_series=12) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.kind == 'time_series' and one.predictions -%}
        {%- set held = one.predictions['columns'] -%}
        {%- set value = _ml_series_column(one, 'data column') -%}
        {%- set moment = _ml_series_column(one, 'timestamp column') -%}
        {%- set lacking = [] -%}
        {%- for name in [
            value, moment, 'predicted_' ~ value, 'lower_bound', 'upper_bound', 'is_anomaly', 'is_forecast', 'trend', 'residual'
        ] if name not in held -%} {%- do lacking.append(name) -%} {%- endfor -%}
        {%- if not lacking -%} {%- do selects.append(_forecast_points(one, value, moment, most_series)) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'series': 'string', 'moment': 'timestamp', 'is_forecast': 'bool', 'value': 'float64',
        'predicted': 'float64', 'lower_bound': 'float64', 'upper_bound': 'float64', 'is_anomaly': 'bool',
        'trend': 'float64', 'seasonal': 'float64', 'residual': 'float64',
    })) }}
{% endmacro %}


{% macro _forecast_points(one, value, moment, most_series) %}
    {%- set keys = [] -%}
    {%- for name in _ml_series_columns(one, 'series id column') if name in one.predictions['columns'] -%}
        {%- do keys.append('cast(' ~ adapter.quote(name) ~ ' as ' ~ dbt.type_string() ~ ')') -%}
    {%- endfor -%}
    {%- set seasons = [] -%}
    {%- for name in one.predictions['columns'] if name.startswith('seasonal_period_') -%}
        {%- do seasons.append('coalesce(' ~ name ~ ', 0)') -%}
    {%- endfor -%}
    select
        {{ text_literal(one.name) }} as model_name,
        series,
        moment,
        is_forecast,
        value,
        predicted,
        lower_bound,
        upper_bound,
        is_anomaly,
        trend,
        seasonal,
        residual
    from (
        select
            points.*,
            dense_rank() over (order by series) as series_number
        from (
    select
        {{ 'concat(' ~ keys | join(", ' ', ") ~ ')' if keys else "''" }} as series,
        cast({{ adapter.quote(moment) }} as {{ dbt.type_timestamp() }}) as moment,
        is_forecast,
        cast({{ adapter.quote(value) }} as {{ dbt.type_float() }}) as value,
        {{ adapter.quote('predicted_' ~ value) }} as predicted,
        lower_bound,
        upper_bound,
        is_anomaly,
        trend,
        {{ seasons | join(' + ') if seasons else '0.0' }} as seasonal,
        residual
    from {{ one.predictions.relation }}
        ) as points
    ) as numbered
    where series_number <= {{ most_series }}
{%- endmacro %}
