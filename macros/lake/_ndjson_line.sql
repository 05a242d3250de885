{#-
  How a line of NDJSON is read:

    record   what the line, the expression `text`, is parsed from
    cells    the text of each column, in their order; NULL where the record has none
    problem  what is wrong with the line, or NULL

  A number keeps the text that was written. Both engines' parsers would pass it through FLOAT64, so each number
  becomes a text first, with a sign in front that no other text has: U+FDD0, a code point that Unicode gives to
  nobody. Then the parser is the only judge of what is JSON, but for what it says of numbers that are keys. A line
  that holds U+FDD0 is rejected, because its texts and numbers could not be told apart.
-#}
{% macro _ndjson_line(text, columns) %}
    {{- return(adapter.dispatch('_ndjson_line', 'azekura')(text, columns)) -}}
{% endmacro %}

{% macro default___ndjson_line(text, columns) %}
    {{- _no_such_side('_ndjson_line') -}}
{% endmacro %}


{#- A text, closed or not; a number; one number for the pattern of both; a number that is a key. -#}
{% macro _json_patterns() %}
    {%- set text = '"(?:[^"\\\\]|\\\\.)*(?:"|\\\\?$)' -%}
    {%- set number = '-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?' -%}
    {{ return({
        'text': text,
        'text_or_number': '(' ~ text ~ ')|(' ~ number ~ ')',
        'marked': '"\uFDD0([^"]*)"',
        'marked_key': '"\uFDD0[^"]*"[[:space:]]*:',
        'sign': '\uFDD0|\\\\u[fF][dD][dD]0',
    }) }}
{% endmacro %}


{#- BigQuery sorts the members of an object inside a text. -#}
{% macro bigquery___ndjson_line(text, columns) %}
    {%- set patterns = _json_patterns() -%}
    {%- set record -%}
safe.parse_json(replace(
    regexp_replace(ltrim({{ text }}, '\ufeff'), r'{{ patterns.text_or_number }}', concat(r'\1"', '\ufdd0', r'\2"')),
    '"\ufdd0"', ''
))
    {%- endset -%}
    {%- set cells -%}
array(
    select if(starts_with(cell, '\ufdd0'), substr(cell, 2), regexp_replace(cell, '{{ patterns.marked }}', r'\1'))
    from unnest([
        {%- for column in columns %}
        {%- set path = "'$.\"" ~ column ~ "\"'" %}
        {#- json_value is NULL for an object or a list, whose text json_query gives; JSON's null is NULL #}
        coalesce(json_value(record, {{ path }}), nullif(to_json_string(json_query(record, {{ path }})), 'null')){{ ',' if not loop.last }}
        {%- endfor %}
    ]) as cell with offset as cell_position
    order by cell_position
)
    {%- endset -%}
    {%- set problem -%}
case
    when regexp_contains({{ text }}, r'{{ patterns.sign }}') then 'holds U+FDD0, which is no character'
    when record is null or regexp_contains(to_json_string(record), '{{ patterns.marked_key }}') then 'is not valid JSON'
    when json_type(record) != 'object' then 'is not a JSON object'
end
    {%- endset -%}
    {{ return({'record': record, 'cells': cells, 'problem': problem}) }}
{% endmacro %}


{% macro duckdb___ndjson_line(text, columns) %}
    {%- set patterns = _json_patterns() -%}
    {%- set record -%}
case
    -- most numbers are written as DuckDB writes them again
    when regexp_matches({{ text }}, '[0-9.]{16}|[.][0-9]*0(?:[^0-9]|$)|[.]0000|[0-9][eE]|-0(?:[^.0-9]|$)')
        then replace(
            regexp_replace(ltrim({{ text }}, chr(65279)), '{{ patterns.text_or_number }}', '\1"{{ '\uFDD0' }}\2"', 'g'),
            '"{{ '\uFDD0' }}"', ''
        )
    -- a byte order mark is no part of the first record
    else ltrim({{ text }}, chr(65279))
end
    {%- endset -%}
    {%- set paths -%}
[{%- for column in columns -%} {{ text_literal('$."' ~ column ~ '"') }}{{ ', ' if not loop.last }} {%- endfor -%}]
    {%- endset -%}
    {%- set cells -%}
case
    when not json_valid(record) then null
    when not contains(record, '"{{ '\uFDD0' }}') then json_extract_string(record, {{ paths }})
    else list_transform(
        json_extract_string(record, {{ paths }}),
        lambda cell: case
            when starts_with(cell, '{{ '\uFDD0' }}') then cell[2:]
            else regexp_replace(cell, '{{ patterns.marked }}', '\1', 'g')
        end
    )
end
    {%- endset -%}
    {%- set problem -%}
case
    when regexp_matches({{ text }}, '{{ patterns.sign }}') then 'holds U+FDD0, which is no character'
    when not json_valid(record) then 'is not valid JSON'
    -- what DuckDB takes and JSON does not: a comma too many, NaN and Infinity, looked for outside of texts; each
    -- costly look only after a cheap one, which `and` would not see to
    when
        case when regexp_matches(record, '(?i),[[:space:]]*[]}]|(?:^|[-:,[])[[:space:]]*(?:nan|inf)')
            then regexp_matches(regexp_replace(record, '{{ patterns.text }}', '0', 'g'), '(?i),[[:space:]]*[]}]|nan|inf')
        end
        then 'is not valid JSON'
    when
        case when contains(record, '"{{ '\uFDD0' }}') then regexp_matches(record, '{{ patterns.marked_key }}') end
        then 'is not valid JSON'
    when json_type(record) != 'OBJECT' then 'is not a JSON object'
end
    {%- endset -%}
    {{ return({'record': record, 'cells': cells, 'problem': problem}) }}
{% endmacro %}
