{#-
  The rows of `data` as what their features add to the forecasts of a model of time series: bqml_moment, in
  microseconds, bqml_added, a number for each feature, and what tells their series apart, as bqml_key_1 and so on.
-#}
{% macro _duckdb_ml_added(model, trained, data) -%}
(
        select
            epoch_us(bqml_row.{{ adapter.quote(_ml_series_column(trained, 'timestamp column')) }}) as bqml_moment,
            {%- for name in _ml_series_columns(trained, 'series id column') %}
            cast(bqml_row.{{ adapter.quote(name) }} as varchar) as bqml_key_{{ loop.index }},
            {%- endfor %}
            bqml_regress({{ text_literal(model | string) }}, bqml_model.model_version, bqml_row) as bqml_added
        from {{ _rows_of(data) }} as bqml_row
        cross join {{ model }} as bqml_model
    )
{%- endmacro %}


{#- The condition by which a forecast and what features add to it are of one series and one point in time. -#}
{% macro _duckdb_ml_is_of(trained, forecast, added) -%}
{{ added }}.bqml_moment = {{ forecast }}.bqml_made.keys[2]
            {%- for name in _ml_series_columns(trained, 'series id column') %}
            and {{ added }}.bqml_key_{{ loop.index }} is not distinct from cast({{ forecast }}.{{ adapter.quote(name) }} as varchar)
            {%- endfor %}
{%- endmacro %}
