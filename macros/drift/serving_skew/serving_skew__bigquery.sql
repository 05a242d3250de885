{% macro bigquery__serving_skew(log, view, types) -%}
(
    with {{ _serving_skew_joined(log, view, types, 'json_value', '`keys`', '`values`', "json_query(parse_json(`values`, wide_number_mode => 'round'), '$.{}') is not null") }},

    compared as (
        select one.*
        from joined
        cross join unnest([
            {%- for name, type in types.items() %}
            struct({{ _serving_skew_compared(name, type) }}){{ ',' if not loop.last }}
            {%- endfor %}
        ]) as one
    ),

    {{ _serving_skew_rates(view) }}
)
{%- endmacro %}
