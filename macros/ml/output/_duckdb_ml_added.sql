{#-
  The rows of `data` as what their features add to the forecasts of a model of time series: bqml_point, which is the
  engine's point in time and keys of each, and bqml_added, a number for each feature.
-#}
{% macro _duckdb_ml_added(model, trained, data, macro_name) -%}
{%- set version = text_literal(model | string) ~ ', bqml_model.model_version' -%}
(
        select
            bqml_point({{ version }}, {{ text_literal(macro_name.removeprefix('ml_')) }}, bqml_row) as bqml_point,
            bqml_regress({{ version }}, bqml_row) as bqml_added
        from {{ _rows_of(data) }} as bqml_row
        cross join {{ model }} as bqml_model
    )
{%- endmacro %}


{#- The condition by which a forecast and a row of data are of one series and one point in time. -#}
{% macro _duckdb_ml_is_of(trained, forecast, given) -%}
{{ given }}.bqml_point.moment = {{ forecast }}.bqml_made.keys[2]
            {%- for name in _ml_series_columns(trained, 'series id column') %}
            and {{ given }}.bqml_point.keys[{{ loop.index }}]
                is not distinct from cast({{ forecast }}.{{ adapter.quote(name) }} as varchar)
            {%- endfor %}
{%- endmacro %}
