{#-
  What a file holds as a reason quotes it: its first 100 characters, then an ellipsis if there are more. Tabs and line
  ends are written `\t`, `\n` and `\r`, other control characters `?`.
-#}
{% macro _lake_shown(text) -%}
    {{ return(adapter.dispatch('_lake_shown', 'azekura')(text)) }}
{%- endmacro %}

{% macro default___lake_shown(text) -%}
    {{- _no_such_side('_lake_shown') -}}
{%- endmacro %}

{% macro bigquery___lake_shown(text) -%}
    concat(regexp_replace({{ _lake_shown_start(text) }}, '[[:cntrl:]]', '?'), if(char_length({{ text }}) > 100, '...', ''))
{%- endmacro %}

{% macro duckdb___lake_shown(text) -%}
    {#- not concat, which takes NULL for an empty text -#}
    regexp_replace({{ _lake_shown_start(text) }}, '[[:cntrl:]]', '?', 'g')
    || case when length({{ text }}) > 100 then '...' else '' end
{%- endmacro %}

{% macro _lake_shown_start(text) -%}
    {%- set ns = namespace(start='left(' ~ text ~ ', 100)') -%}
    {%- for code, escape in [(9, '\\t'), (10, '\\n'), (13, '\\r')] -%}
        {%- set ns.start = 'replace(' ~ ns.start ~ ', chr(' ~ code ~ '), ' ~ text_literal(escape) ~ ')' -%}
    {%- endfor -%}
    {{ ns.start }}
{%- endmacro %}
