{#-
  SQL for the size of one value in BigQuery's logical bytes, NULL for a NULL: BigQuery counts that as
  none. On DuckDB. `steps` lead from the value to the part that is measured: `[]` into the elements of
  an array, a name into a field of a struct.
-#}
{% macro _logical_bytes(value, type, steps=[], depth=0) %}
    {%- if steps and steps[0] == '[]' -%}
        {%- set element = 'element_' ~ depth -%}
        {{ return(
            'list_sum(list_transform(' ~ value ~ ', lambda ' ~ element ~ ': '
            ~ _logical_bytes(element, type, steps[1:], depth + 1) ~ '))'
        ) }}
    {%- elif steps -%}
        {{ return(_logical_bytes('(' ~ value ~ ').' ~ adapter.quote(steps[0]), type, steps[1:], depth)) }}
    {%- endif -%}
    {%- set fixed = {
        'BOOL': 1,
        'INT64': 8, 'FLOAT64': 8, 'DATE': 8, 'DATETIME': 8, 'TIME': 8, 'TIMESTAMP': 8,
        'NUMERIC': 16, 'INTERVAL': 16,
        'BIGNUMERIC': 32,
    } -%}
    {%- if type in fixed -%}
        {{ return('case when ' ~ value ~ ' is not null then ' ~ fixed[type] ~ ' end') }}
    {%- elif type == 'STRING' -%}
        {{ return('2 + strlen(cast(' ~ value ~ ' as varchar))') }}
    {%- elif type == 'BYTES' -%}
        {{ return('2 + octet_length(' ~ value ~ ')') }}
    {%- elif type == 'JSON' -%}
        {{ return('strlen(cast(' ~ value ~ ' as varchar))') }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        'The size of a ' ~ type ~ ' is not known here (' ~ value ~ '); add it to macros/ops/_logical_bytes.sql.'
    ) }}
{% endmacro %}
