{#- The fields that say of one read how a feature compares, as `value as field`, or with `is` as `field := value`. -#}
{% macro _serving_skew_compared(name, type, is=none) -%}
    {%- set served = 'served__' ~ name -%}
    {%- set fields = {
        'feature': text_literal(name),
        'is_asked': 'asked__' ~ name,
        'is_mismatch': 'coalesce(' ~ _served_otherwise(served, name, type) ~ ', false)',
        'is_missing': served ~ ' is null and ' ~ name ~ ' is not null',
        'is_extra': served ~ ' is not null and ' ~ name ~ ' is null',
        'error': 'cast(' ~ _served_error(served, name, type) ~ ' as ' ~ dbt.type_float() ~ ')',
    } -%}
    {%- for field, value in fields.items() -%}
        {{ field ~ ' := ' ~ value if is else value ~ ' as ' ~ field }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Whether the value served is another than that known. `<`: to DuckDB NaN is at most NaN. -#}
{% macro _served_otherwise(served, known, type) -%}
{%- set text = dbt.type_string() -%}
{%- if type in ['float64', 'double'] -%}
(cast({{ served }} as {{ text }}) != cast({{ known }} as {{ text }}) and {{ served }} != {{ known }} and not abs({{ served }} - {{ known }}) < 1e-9 * (abs({{ served }}) + abs({{ known }})))
{%- else -%}
cast({{ served }} as {{ text }}) != cast({{ known }} as {{ text }})
{%- endif -%}
{%- endmacro %}


{#- Their distance over the mean of their sizes; NULL of what is no number, or not finite. -#}
{% macro _served_error(served, known, type) -%}
{%- set size = 'abs(' ~ served ~ ') + abs(' ~ known ~ ')' -%}
{%- if type in ['int64', 'bigint', 'float64', 'double', 'numeric', 'decimal', 'bignumeric'] -%}
case when {{ size }} = 0 then 0 when {{ size }} < cast('inf' as {{ dbt.type_float() }}) then 2 * abs({{ served }} - {{ known }}) / ({{ size }}) end
{%- else -%}
null
{%- endif -%}
{%- endmacro %}
