{#-
  The rows of `data` beside what a model of time series forecasts for them: bqml_point, which is the engine's point in
  time, value and keys of each, and bqml_forecast, the numbers of its forecast, NULL where it makes none. `settings` are
  those of ml_forecast.
-#}
{% macro _duckdb_ml_compared(model, trained, data, settings, macro_name) -%}
{%- set version = text_literal(model | string) ~ ', bqml_model.model_version' -%}
(
        select
            bqml_given.*,
            {%- if _ml_has_features(trained) %}
            list_transform(
                bqml_ahead.bqml_made.numbers,
                (bqml_number, bqml_place) -> bqml_number + if(bqml_place in (1, 4, 5), list_sum(bqml_given.bqml_added), 0)
            ) as bqml_forecast
            {%- else %}
            bqml_ahead.bqml_made.numbers as bqml_forecast
            {%- endif %}
        from (
            select
                bqml_row.*,
                {%- if _ml_has_features(trained) %}
                bqml_regress({{ version }}, bqml_row) as bqml_added,
                {%- endif %}
                bqml_point({{ version }}, {{ text_literal(macro_name.removeprefix('ml_')) }}, bqml_row) as bqml_point
            from {{ _rows_of(data) }} as bqml_row
            cross join {{ model }} as bqml_model
        ) as bqml_given
        left join {{ _duckdb_ml_made(model, 'ml_forecast', settings) }} as bqml_ahead
            on {{ _duckdb_ml_is_of(trained, 'bqml_ahead', 'bqml_given') }}
    )
{%- endmacro %}
