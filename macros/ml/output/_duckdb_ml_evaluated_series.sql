{#- ML.EVALUATE of a model of time series: its forecasts beside the values of data, or how far these are apart. -#}
{% macro _duckdb_ml_evaluated_series(model, trained, data, settings) -%}
{%- set keys = _duckdb_ml_series_keys(trained) -%}
{%- set value = _ml_series_column(trained, 'data column') -%}
{%- set compared = _duckdb_ml_compared(
    model, trained, data, _ml_farthest(trained, settings.horizon, settings.confidence_level), 'ml_evaluate'
) -%}
{%- if settings.perform_aggregation is sameas false -%}
(
    select
        {%- for name, type, in_json in keys %}
        cast(bqml_point.keys[{{ loop.index }}] as {{ in_json }}) as {{ adapter.quote(name) }},
        {%- endfor %}
        make_timestamp(bqml_point.moment) as {{ adapter.quote(_ml_series_column(trained, 'timestamp column')) }},
        bqml_point.value as {{ adapter.quote(value) }},
        bqml_forecast[1] as {{ adapter.quote('forecasted_' ~ value) }},
        bqml_forecast[4] as lower_bound,
        bqml_forecast[5] as upper_bound,
        abs(bqml_point.value - bqml_forecast[1]) as absolute_error,
        100 * abs(bqml_point.value - bqml_forecast[1]) / nullif(abs(bqml_point.value), 0) as absolute_percentage_error
    from {{ compared }}
)
{%- else -%}
(
    select
        {%- for name, type, in_json in keys %}
        cast(bqml_point.keys[{{ loop.index }}] as {{ in_json }}) as {{ adapter.quote(name) }},
        {%- endfor %}
        avg(bqml_error) as mean_absolute_error,
        avg(bqml_error * bqml_error) as mean_squared_error,
        sqrt(avg(bqml_error * bqml_error)) as root_mean_squared_error,
        100 * avg(bqml_error / nullif(abs(bqml_point.value), 0)) as mean_absolute_percentage_error,
        100 * avg(bqml_error / nullif((abs(bqml_point.value) + abs(bqml_forecast[1])) / 2, 0))
            as symmetric_mean_absolute_percentage_error
        {%- if _ml_columns(trained, 'ml_evaluate') | selectattr(0, 'equalto', 'mean_absolute_scaled_error') | list %},
        avg(bqml_error) / any_value(nullif(bqml_forecast[6], 0)) as mean_absolute_scaled_error
        {%- endif %}
    from (
        select *, abs(bqml_point.value - bqml_forecast[1]) as bqml_error
        from {{ compared }}
        where bqml_point.value - bqml_forecast[1] is not null
    )
    {%- if keys %}
    group by bqml_point.keys
    {%- endif %}
)
{%- endif -%}
{%- endmacro %}
