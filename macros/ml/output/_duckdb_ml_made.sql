{#-
  The rows that a trained model makes by itself, of one of the functions that do: what tells their series apart, and
  `bqml_made`, the engine's keys and numbers: a list with the place of the series and a moment in microseconds, and a
  list of numbers. They are made part by part, so that not all of them are in memory at once.
-#}
{% macro _duckdb_ml_made(model, macro_name, settings={}) -%}
{%- set trained = _ml_model_config(model, macro_name) -%}
{%- set keys = _duckdb_ml_series_keys(trained) -%}
{%- set call -%}
{{ text_literal(model | string) }}, model_version, {{ text_literal(macro_name.removeprefix('ml_') | upper) }}, {{ text_literal(tojson(_ml_given(settings))) }}
{%- endset -%}
(
        select
            {%- for name, type, in_json in keys %}
            cast(bqml_series.bqml_keys[{{ loop.index }}] as {{ in_json }}) as {{ adapter.quote(name) }},
            {%- endfor %}
            bqml_rows.bqml_made
        from (
            select unnest(bqml_rows({{ call }}, bqml_part)) as bqml_made
            from (select model_version, unnest(range(bqml_parts({{ call }}))) as bqml_part from {{ model }})
        ) as bqml_rows
        {%- if keys %}
        inner join (
            select unnest(range(len(bqml_list))) as bqml_place, unnest(bqml_list) as bqml_keys
            from (select from_json(details -> 'series', '[["VARCHAR"]]') as bqml_list from {{ model }})
        ) as bqml_series on bqml_series.bqml_place = bqml_rows.bqml_made.keys[1]
        {%- endif %}
    )
{%- endmacro %}
