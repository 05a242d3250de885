{#-
  What a trained model says of itself, as a table: the rows of a function on it, without rows of data. The engine
  has one door for this, bqml_describe, which gives JSON; the table of functions says its columns and types.
  `columns` are other ones, as in that table.
-#}
{% macro _duckdb_ml_answer(model, macro_name, settings={}, columns=none) -%}
{%- set columns = columns or _duckdb_ml_columns(_ml_model_config(model, macro_name), macro_name) -%}
(
    select unnest(answer)
    from (
        select unnest({{ _duckdb_ml_answered(model, macro_name, [_duckdb_ml_structure(columns)], settings) }}) as answer
        from {{ model }}
    )
)
{%- endmacro %}


{#- The same as one value of the row of the model's table, in a structure as from_json takes it. -#}
{% macro _duckdb_ml_answered(model, macro_name, structure, settings={}) -%}
from_json(
            bqml_describe(
                {{ text_literal(model | string) }}, model_version, {{ text_literal(macro_name.removeprefix('ml_') | upper) }},
                {{ text_literal(tojson(settings)) }}
            ),
            {{ text_literal(tojson(structure)) }}
        )
{%- endmacro %}


{#- Columns as a structure that from_json takes: {name: type}; without those that only training knows. -#}
{% macro _duckdb_ml_structure(columns) %}
    {%- set structure = {} -%}
    {%- for name, type, in_json in columns if in_json -%} {%- do structure.update({name: in_json}) -%} {%- endfor -%}
    {{ return(structure) }}
{% endmacro %}
