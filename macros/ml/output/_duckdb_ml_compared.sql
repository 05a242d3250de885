{#-
  The rows of `data` beside what a model of time series forecasts for them: bqml_value, bqml_moment, and bqml_forecast,
  the numbers of its forecast, NULL where it makes none. `settings` are those of ml_forecast.
-#}
{% macro _duckdb_ml_compared(model, trained, data, settings) -%}
{%- set keys = _duckdb_ml_series_keys(trained) -%}
(
        select
            bqml_row.*,
            cast(bqml_row.{{ adapter.quote(_ml_series_column(trained, 'data column')) }} as double) as bqml_value,
            epoch_us(bqml_row.{{ adapter.quote(_ml_series_column(trained, 'timestamp column')) }}) as bqml_moment,
            {%- if _ml_has_features(trained) %}
            list_transform(
                bqml_ahead.bqml_made.numbers,
                (bqml_number, bqml_place) -> bqml_number + if(bqml_place in (1, 4, 5), list_sum(bqml_regress(
                    {{ text_literal(model | string) }}, bqml_model.model_version, bqml_row
                )), 0)
            ) as bqml_forecast
            {%- else %}
            bqml_ahead.bqml_made.numbers as bqml_forecast
            {%- endif %}
        from {{ _rows_of(data) }} as bqml_row
        {%- if _ml_has_features(trained) %}
        cross join {{ model }} as bqml_model
        {%- endif %}
        left join {{ _duckdb_ml_made(model, 'ml_forecast', settings) }} as bqml_ahead
            on bqml_ahead.bqml_made.keys[2] = epoch_us(bqml_row.{{ adapter.quote(_ml_series_column(trained, 'timestamp column')) }})
            {%- for name, type, in_json in keys %}
            and cast(bqml_ahead.{{ adapter.quote(name) }} as varchar)
                is not distinct from cast(bqml_row.{{ adapter.quote(name) }} as varchar)
            {%- endfor %}
    )
{%- endmacro %}
