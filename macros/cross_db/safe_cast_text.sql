{#-
  A text field of the lake as a declared type (BigQuery's type name), NULL where it does not fit.
  Timestamps are read as UTC when they carry no offset.
-#}
{% macro safe_cast_text(text, data_type) %}
    {{- return(adapter.dispatch('safe_cast_text', 'azekura')(text, data_type)) -}}
{% endmacro %}

{% macro default__safe_cast_text(text, data_type) %}
    {{- _no_such_side('safe_cast_text') -}}
{% endmacro %}

{% macro bigquery__safe_cast_text(text, data_type) -%}
    safe_cast({{ text }} as {{ data_type | upper }})
{%- endmacro %}

{% macro duckdb__safe_cast_text(text, data_type) -%}
    {%- if data_type | lower == 'string' -%}
        {{ text }}
    {%- elif data_type | lower == 'int64' -%}
        {#- DuckDB would round '39.02'; BigQuery refuses it, and so does the lake -#}
        try_cast(regexp_extract({{ text }}, '^ *[+-]?[0-9]+ *$') as bigint)
    {%- elif data_type | lower == 'date' -%}
        {#- nor a date with a time behind it -#}
        try_cast(regexp_extract({{ text }}, '^ *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} *$') as date)
    {%- elif data_type | lower == 'bool' -%}
        case lower({{ text }}) when 'true' then true when 'false' then false end
    {%- elif data_type | lower == 'timestamp' -%}
        cast(try_cast({{ text }} as timestamptz) as timestamp)
    {%- else -%}
        try_cast({{ text }} as {{ api.Column.translate_type(data_type) }})
    {%- endif -%}
{%- endmacro %}
