{#-
  How a line of CSV is read: its cells, what is wrong with it or NULL, and `record` for nothing, because it is not
  parsed into anything first. A CSV field comes after its comma: quoted with doubled quotes inside, plain without a
  quote in front, or empty. A line that such fields do not cover is not CSV.
-#}
{% macro _csv_line(text, columns) %}
    {{- return(adapter.dispatch('_csv_line', 'azekura')(text, columns)) -}}
{% endmacro %}

{% macro default___csv_line(text, columns) %}
    {{- _no_such_side('_csv_line') -}}
{% endmacro %}


{#- RE2 on both engines. -#}
{% macro _csv_cell_pattern(capture=true) -%}
    ',{{ '(' if capture else '(?:' }}"(?:[^"]|"")*"|[^",][^,]*|)'
{%- endmacro %}


{% macro bigquery___csv_line(text, columns) %}
    {%- set cells -%}
array(
    select if(starts_with(cell, '"'), replace(substr(cell, 2, length(cell) - 2), '""', '"'), cell)
    from unnest(regexp_extract_all(concat(',', {{ text }}), {{ _csv_cell_pattern() }})) as cell
    with offset as cell_position
    order by cell_position
)
    {%- endset -%}
    {%- set problem -%}
if(
    array_to_string(regexp_extract_all(concat(',', {{ text }}), {{ _csv_cell_pattern(capture=false) }}), '')
    != concat(',', {{ text }}),
    'is not well-formed CSV',
    null
)
    {%- endset -%}
    {{ return({'record': none, 'cells': cells, 'problem': problem}) }}
{% endmacro %}


{% macro duckdb___csv_line(text, columns) %}
    {%- set cells -%}
list_transform(
    regexp_extract_all(concat(',', {{ text }}), {{ _csv_cell_pattern() }}, 1),
    lambda cell: case when starts_with(cell, '"') then replace(cell[2:-2], '""', '"') else cell end
)
    {%- endset -%}
    {%- set problem -%}
case
    when
        array_to_string(regexp_extract_all(concat(',', {{ text }}), {{ _csv_cell_pattern(capture=false) }}), '')
        != concat(',', {{ text }})
        then 'is not well-formed CSV'
end
    {%- endset -%}
    {{ return({'record': none, 'cells': cells, 'problem': problem}) }}
{% endmacro %}
