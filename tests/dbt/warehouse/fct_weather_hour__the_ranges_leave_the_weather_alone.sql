-- of each measure at most one value in a hundred cannot be, and ten: more is a range in another unit, or a missing one
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
] %}
with

counted as (

    {% for measure in measures -%}
        select
            '{{ measure }}' as measure,
            (select count({{ measure }}) from {{ ref('stg_nycflights13__weather') }}) as measured_count,
            (select count({{ measure }}) from {{ ref('fct_weather_hour') }}) as kept_count
        {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from counted
where measured_count - kept_count > 10 + measured_count / 100
