{#-
  A text field of the lake as a declared type (BigQuery's type name), NULL where it does not fit: what
  BigQuery's SAFE_CAST takes, on both engines.

    INT64      spaces around it, a sign, hexadecimal digits after 0x
    FLOAT64    also `inf`, `nan`; not hexadecimal, of which BigQuery says two things
    DATE       YYYY-MM-DD, no spaces around it
    TIMESTAMP  YYYY-MM-DD, then nothing or HH:MM:SS after a space or T, then nothing (UTC), Z, ` UTC` or an
               offset; not the name of a time zone, because the engines know different ones
    BYTES      the text's UTF-8
-#}
{% macro safe_cast_text(text, data_type) %}
    {{- return(adapter.dispatch('safe_cast_text', 'azekura')(text, data_type)) -}}
{% endmacro %}

{% macro default__safe_cast_text(text, data_type) %}
    {{- _no_such_side('safe_cast_text') -}}
{% endmacro %}

{% macro bigquery__safe_cast_text(text, data_type) -%}
    {%- if data_type | lower == 'float64' -%}
        safe_cast(if(regexp_contains({{ text }}, '[xX]'), null, {{ text }}) as FLOAT64)
    {%- elif data_type | lower == 'timestamp' -%}
        safe_cast(regexp_extract({{ text }}, '{{ _timestamp_pattern().whole }}') as TIMESTAMP)
    {%- else -%}
        safe_cast({{ text }} as {{ data_type | upper }})
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__safe_cast_text(text, data_type) -%}
    {%- if data_type | lower == 'string' -%}
        {{ text }}
    {%- elif data_type | lower == 'int64' -%}
        {#- DuckDB would round '39.02'; BigQuery refuses it, and so does the lake -#}
        {%- set hexadecimal = "'^[[:space:]]*([+-]?)0[xX]([0-9a-fA-F]+)[[:space:]]*$'" -%}
        coalesce(
            try_cast(regexp_extract({{ text }}, '^[[:space:]]*([+-]?[0-9]+)[[:space:]]*$', 1) as bigint),
            try_cast(concat(
                regexp_extract({{ text }}, {{ hexadecimal }}, 1),
                try_cast(concat('0x', regexp_extract({{ text }}, {{ hexadecimal }}, 2)) as ubigint)
            ) as bigint)
        )
    {%- elif data_type | lower in ['float64', 'numeric'] -%}
        {#- DuckDB reads '1_000', and '+-1' as a FLOAT64 -#}
        try_cast(case when not regexp_matches({{ text }}, '_|[+][+-]') then {{ text }} end as {{ api.Column.translate_type(data_type) }})
    {%- elif data_type | lower == 'date' -%}
        {#- nor a date with a time behind it; DuckDB's year 0 is one before Christ -#}
        try_cast(case when not starts_with({{ text }}, '0000') then regexp_extract({{ text }}, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$') end as date)
    {%- elif data_type | lower == 'bool' -%}
        case lower({{ text }}) when 'true' then true when 'false' then false end
    {%- elif data_type | lower == 'timestamp' -%}
        {{ _duckdb_text_as_timestamp(text) }}
    {%- elif data_type | lower == 'bytes' -%}
        encode({{ text }})
    {%- else -%}
        try_cast({{ text }} as {{ api.Column.translate_type(data_type) }})
    {%- endif -%}
{%- endmacro %}


{#- How a timestamp is written: a pattern without groups, and one with four: day, clock, fraction, offset. -#}
{% macro _timestamp_pattern() %}
    {%- set parts = {
        'day': '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}',
        'clock': '(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:(?:[0-5]?[0-9]|60)',
        'fraction': '[0-9]{1,9}',
        'offset': '[Zz]| UTC|[+-](?:[0-9]{1,2}|[0-9]{2}:?[0-9]{2})',
    } -%}
    {{ return({
        'whole': '^' ~ parts.day ~ '(?:[ Tt]' ~ parts.clock ~ '(?:[.]' ~ parts.fraction ~ ')?(?:' ~ parts.offset ~ ')?)?$',
        'grouped': '^(' ~ parts.day ~ ')(?:[ Tt](' ~ parts.clock ~ ')(?:[.](' ~ parts.fraction ~ '))?(' ~ parts.offset ~ ')?)?$',
    }) }}
{% endmacro %}


{#-
  The minutes of an offset are at most 14 hours; a second 60 is the next minute's first; the microsecond is cut
  off, not rounded. Text that is no timestamp has empty parts, whose cast is NULL.
-#}
{% macro _duckdb_text_as_timestamp(text) -%}
    list_transform(
        list_transform(
            [regexp_extract({{ text }}, '{{ _timestamp_pattern().grouped }}', ['day', 'clock', 'fraction', 'time_zone'])],
            lambda parts: {
                'local': try_cast(concat(
                    parts.day, ' ', regexp_replace(coalesce(nullif(parts.clock, ''), '0:0:0'), ':60$', ':59'),
                    '.', left(parts.fraction || '0', 6)
                ) as timestamp) + to_seconds(case when ends_with(parts.clock, ':60') then 1 else 0 end),
                'sign': case when starts_with(parts.time_zone, '-') then -1 else 1 end,
                'hours': coalesce(try_cast(regexp_extract(parts.time_zone, '[0-9]{1,2}') as integer), 0),
                'minutes': coalesce(try_cast(regexp_extract(parts.time_zone, '[0-9]{2}:?([0-9]{2})$', 1) as integer), 0)
            }
        ),
        lambda read: case
            when
                read.minutes < 60 and read.hours * 60 + read.minutes <= 840
                and read.local - to_minutes(read.sign * (read.hours * 60 + read.minutes))
                between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
                then read.local - to_minutes(read.sign * (read.hours * 60 + read.minutes))
        end
    )[1]
{%- endmacro %}
