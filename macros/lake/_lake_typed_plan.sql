{#- The half of _lake_plan that concerns files of typed columns: nothing is parsed, and the text of a record is made. -#}
{% macro _lake_typed_plan(columns) %}
    {%- set items = [] -%}
    {%- for column in columns -%}
        {%- do items.append(_lake_typed_value(column) ~ ' as ' ~ adapter.quote(column.name)) -%}
    {%- endfor -%}
    {{ return({
        'typed_columns': items,
        'raw_record': 'cast(null as ' ~ dbt.type_string() ~ ') as raw_record',
        'problem': _lake_typed_problem(columns),
        'tie_breaker': _lake_tie_breaker(columns),
        'record_as_text': _record_as_json(columns),
    }) }}
{% endmacro %}


{#- The value of a typed column in its declared type, NULL where that type does not hold it. -#}
{% macro _lake_typed_value(column) -%}
    {{ return(adapter.dispatch('_lake_typed_value', 'azekura')(column)) }}
{%- endmacro %}

{% macro default___lake_typed_value(column) -%}
    {{- _no_such_side('_lake_typed_value') -}}
{%- endmacro %}

{#- An external table has the declared types already. -#}
{% macro bigquery___lake_typed_value(column) -%}
    cast({{ adapter.quote(column.name) }} as {{ api.Column.translate_type(column.data_type) }})
{%- endmacro %}

{% macro duckdb___lake_typed_value(column) -%}
    {%- set name = adapter.quote(column.name) -%}
    {%- set type = api.Column.translate_type(column.data_type) -%}
    {%- set moments = {
        'date': "between date '0001-01-01' and date '9999-12-31'",
        'timestamp': "between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'",
    } -%}
    {%- if column.data_type | lower in moments -%}
        case when try_cast({{ name }} as {{ type }}) {{ moments[column.data_type | lower] }} then try_cast({{ name }} as {{ type }}) end
    {%- else -%}
        try_cast({{ name }} as {{ type }})
    {%- endif -%}
{%- endmacro %}


{#- The first value that its declared type does not hold, as one sentence. -#}
{% macro _lake_typed_problem(columns) -%}
    {{ return(adapter.dispatch('_lake_typed_problem', 'azekura')(columns)) }}
{%- endmacro %}

{% macro default___lake_typed_problem(columns) -%}
    {{- _no_such_side('_lake_typed_problem') -}}
{%- endmacro %}

{% macro bigquery___lake_typed_problem(columns) -%}
    cast(null as string)
{%- endmacro %}

{% macro duckdb___lake_typed_problem(columns) -%}
case
    {%- for column in columns if column.data_type | lower not in ['string', 'bytes', 'bool'] %}
    {%- set name = adapter.quote(column.name) %}
    when {{ name }} is not null and {{ _lake_typed_value(column) }} is null
        then concat('column {{ column.name }} holds "', {{ _lake_shown('cast(' ~ name ~ ' as varchar)') }}, '", which is not {{ column.data_type | upper }}')
    {%- endfor %}
end
{%- endmacro %}


{#- All that is in a record, so that both engines keep the same one. BigQuery does not know which came last. -#}
{% macro _lake_tie_breaker(columns) -%}
    {%- for column in columns -%}
        {{ _lake_descending(adapter.quote(column.name), column.data_type | lower == 'float64') }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro _lake_descending(column, is_float) -%}
    {{ return(adapter.dispatch('_lake_descending', 'azekura')(column, is_float)) }}
{%- endmacro %}

{% macro bigquery___lake_descending(column, is_float) -%}
    {{ column }} desc
{%- endmacro %}

{% macro duckdb___lake_descending(column, is_float) -%}
    {#- NaN is the least number on BigQuery and the greatest here -#}
    {%- if is_float -%}
        case when isnan({{ column }}) then cast('-infinity' as double) else {{ column }} end desc, isnan({{ column }})
    {%- else -%}
        {{ column }} desc
    {%- endif -%}
{%- endmacro %}


{#- A record of typed columns as BigQuery's TO_JSON_STRING writes it. -#}
{% macro _record_as_json(columns) -%}
    {{ return(adapter.dispatch('_record_as_json', 'azekura')(columns)) }}
{%- endmacro %}

{% macro bigquery___record_as_json(columns) -%}
    to_json_string(struct({{ _quoted_list(columns | map(attribute='name')) }}))
{%- endmacro %}

{% macro duckdb___record_as_json(columns) -%}
    {#- struct_pack, because the fields of row() have no names -#}
    cast(to_json(struct_pack(
        {%- for column in columns -%}
        {{ adapter.quote(column.name) }} := {{ _duckdb_json_value(adapter.quote(column.name), column.data_type | lower) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )) as varchar)
{%- endmacro %}

{% macro _duckdb_json_value(value, data_type) -%}
    {%- if data_type == 'timestamp' -%}
        strftime({{ value }}, '%Y-%m-%dT%H:%M:%S') || case
            when epoch_us({{ value }}) % 1000000 = 0 then ''
            when epoch_us({{ value }}) % 1000 = 0 then strftime({{ value }}, '.%g')
            else strftime({{ value }}, '.%f')
        end || 'Z'
    {%- elif data_type == 'int64' -%}
        {#- a number that JavaScript cannot hold is text -#}
        case
            when {{ value }} between -9007199254740992 and 9007199254740992 then to_json({{ value }})
            else to_json(cast({{ value }} as varchar))
        end
    {%- elif data_type == 'bytes' -%}
        to_base64({{ value }})
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}
