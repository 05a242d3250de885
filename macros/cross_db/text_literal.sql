{#- Text as an SQL literal, whatever it holds: quotes and backslashes are escaped as the engine wants. -#}
{% macro text_literal(text) %}
    {{- return(adapter.dispatch('text_literal', 'azekura')(text | string)) -}}
{% endmacro %}

{% macro default__text_literal(text) %}
    {{- _no_such_side('text_literal') -}}
{% endmacro %}

{% macro bigquery__text_literal(text) -%}
    '{{ text | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') | replace('\r', '\\r') }}'
{%- endmacro %}

{% macro duckdb__text_literal(text) -%}
    {#- on one line, because macros indent the lines of SQL -#}
    {%- if '\n' in text or '\r' in text -%}
        e'{{ text | replace('\\', '\\\\') | replace("'", "''") | replace('\n', '\\n') | replace('\r', '\\r') }}'
    {%- else -%}
        '{{ text | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
