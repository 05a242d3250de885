{% macro duckdb__serving_skew(log, view, types) -%}
(
    with {{ _serving_skew_joined(log, view, types, 'json_extract_string', '"keys"', '"values"', "json_exists(\"values\", '$.{}')") }},

    compared as (
        select unnest(one)
        from (
            select unnest([
                {%- for name, type in types.items() %}
                struct_pack({{ _serving_skew_compared(name, type, ':=') }}){{ ',' if not loop.last }}
                {%- endfor %}
            ]) as one
            from joined
        )
    ),

    {{ _serving_skew_rates(view) }}
)
{%- endmacro %}
