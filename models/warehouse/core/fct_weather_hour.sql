{%- set measures = [
    'temperature_fahrenheit',
    'dew_point_fahrenheit',
    'humidity_percent',
    'wind_direction_degrees',
    'wind_speed_mph',
    'wind_gust_mph',
    'precipitation_inches',
    'pressure_millibars',
    'visibility_miles',
] -%}
{%- set limits = [] -%}
{%- for measure in measures -%}
    {%- for limit in ['minimum', 'maximum'] -%}
        {%- do limits.append("max(case when measure = '" ~ measure ~ "' then " ~ limit ~ " end) as " ~ measure ~ "_" ~ limit) -%}
    {%- endfor -%}
{%- endfor -%}

with

observations as (

    select * from {{ ref('stg_nycflights13__weather') }}
    where {{ in_window('observed_date') }}

),

-- keeps what can be measured, side by side in one row
ranges as (

    select
        {{ limits | join(',\n        ') }}
    from {{ ref('weather_ranges') }}

),

final as (

    select
        observations.airport_code,
        observations.observed_at,
        observations.observed_date,

        ---------- measures; what cannot be is not known
        {%- for measure in measures %}
            case
                when observations.{{ measure }} between ranges.{{ measure }}_minimum and ranges.{{ measure }}_maximum
                    then observations.{{ measure }}
            end as {{ measure }},
        {%- endfor %}

        ---------- times
        observations.ingested_at
    from observations
    cross join ranges

)

select * from final
