{#- The half of _lake_plan that concerns lines of text: a value is parsed, and the text of a record is its line. -#}
{% macro _lake_text_plan(columns, table) %}
    {%- set null_strings = table.config.meta.lake.get('null_strings', []) -%}
    {%- set items = [] -%}
    {%- for column in columns -%}
        {%- set value = safe_cast_text(_lake_cell(loop.index0, null_strings), column.data_type) -%}
        {%- do items.append(value ~ ' as ' ~ adapter.quote(column.name)) -%}
    {%- endfor -%}
    {{ return({
        'typed_columns': items,
        'raw_record': 'raw_record',
        'problem': _lake_text_problem(columns, null_strings, _lake_format(table).has_header),
        'tie_breaker': 'raw_record desc',
        'record_as_text': 'raw_record',
    }) }}
{% endmacro %}


{#- The text of one field; the source's spellings of a missing value become NULL. -#}
{% macro _lake_cell(position, null_strings) -%}
    {%- set ns = namespace(cell=array_at('cells', position)) -%}
    {%- for spelling in null_strings -%}
        {%- set ns.cell = 'nullif(' ~ ns.cell ~ ', ' ~ text_literal(spelling) ~ ')' -%}
    {%- endfor -%}
    {{ ns.cell }}
{%- endmacro %}


{#- The first thing wrong with a line of text, as one sentence. -#}
{% macro _lake_text_problem(columns, null_strings, has_header) -%}
case
    when raw_problem is not null then raw_problem
    {%- if has_header %}
    when array_length(cells) != {{ columns | length }}
        then concat('holds ', cast(array_length(cells) as {{ dbt.type_string() }}), ' field(s) instead of {{ columns | length }}')
    {%- endif %}
    {%- for column in columns %}
    {%- if column.data_type | lower != 'string' %}
    {%- set cell = _lake_cell(loop.index0, null_strings) %}
    when {{ cell }} is not null and {{ safe_cast_text(cell, column.data_type) }} is null
        then concat('column {{ column.name }} holds "', {{ _lake_shown(cell) }}, '", which is not {{ column.data_type | upper }}')
    {%- endif %}
    {%- endfor %}
end
{%- endmacro %}
