with

observations as (

    select * from `demo`.`azekura_lake`.`stg_nycflights13__weather`
    where true

),

-- keeps what can be measured, side by side in one row
ranges as (

    select
        max(case when measure = 'temperature_fahrenheit' then minimum end) as temperature_fahrenheit_minimum,
        max(case when measure = 'temperature_fahrenheit' then maximum end) as temperature_fahrenheit_maximum,
        max(case when measure = 'dew_point_fahrenheit' then minimum end) as dew_point_fahrenheit_minimum,
        max(case when measure = 'dew_point_fahrenheit' then maximum end) as dew_point_fahrenheit_maximum,
        max(case when measure = 'humidity_percent' then minimum end) as humidity_percent_minimum,
        max(case when measure = 'humidity_percent' then maximum end) as humidity_percent_maximum,
        max(case when measure = 'wind_direction_degrees' then minimum end) as wind_direction_degrees_minimum,
        max(case when measure = 'wind_direction_degrees' then maximum end) as wind_direction_degrees_maximum,
        max(case when measure = 'wind_speed_mph' then minimum end) as wind_speed_mph_minimum,
        max(case when measure = 'wind_speed_mph' then maximum end) as wind_speed_mph_maximum,
        max(case when measure = 'wind_gust_mph' then minimum end) as wind_gust_mph_minimum,
        max(case when measure = 'wind_gust_mph' then maximum end) as wind_gust_mph_maximum,
        max(case when measure = 'precipitation_inches' then minimum end) as precipitation_inches_minimum,
        max(case when measure = 'precipitation_inches' then maximum end) as precipitation_inches_maximum,
        max(case when measure = 'pressure_millibars' then minimum end) as pressure_millibars_minimum,
        max(case when measure = 'pressure_millibars' then maximum end) as pressure_millibars_maximum,
        max(case when measure = 'visibility_miles' then minimum end) as visibility_miles_minimum,
        max(case when measure = 'visibility_miles' then maximum end) as visibility_miles_maximum
    from `demo`.`azekura_seeds`.`weather_ranges`

),

final as (

    select
        observations.airport_code,
        observations.observed_at,
        observations.observed_date,

        ---------- measures; what cannot be is not known
            case
                when observations.temperature_fahrenheit between ranges.temperature_fahrenheit_minimum and ranges.temperature_fahrenheit_maximum
                    then observations.temperature_fahrenheit
            end as temperature_fahrenheit,
            case
                when observations.dew_point_fahrenheit between ranges.dew_point_fahrenheit_minimum and ranges.dew_point_fahrenheit_maximum
                    then observations.dew_point_fahrenheit
            end as dew_point_fahrenheit,
            case
                when observations.humidity_percent between ranges.humidity_percent_minimum and ranges.humidity_percent_maximum
                    then observations.humidity_percent
            end as humidity_percent,
            case
                when observations.wind_direction_degrees between ranges.wind_direction_degrees_minimum and ranges.wind_direction_degrees_maximum
                    then observations.wind_direction_degrees
            end as wind_direction_degrees,
            case
                when observations.wind_speed_mph between ranges.wind_speed_mph_minimum and ranges.wind_speed_mph_maximum
                    then observations.wind_speed_mph
            end as wind_speed_mph,
            case
                when observations.wind_gust_mph between ranges.wind_gust_mph_minimum and ranges.wind_gust_mph_maximum
                    then observations.wind_gust_mph
            end as wind_gust_mph,
            case
                when observations.precipitation_inches between ranges.precipitation_inches_minimum and ranges.precipitation_inches_maximum
                    then observations.precipitation_inches
            end as precipitation_inches,
            case
                when observations.pressure_millibars between ranges.pressure_millibars_minimum and ranges.pressure_millibars_maximum
                    then observations.pressure_millibars
            end as pressure_millibars,
            case
                when observations.visibility_miles between ranges.visibility_miles_minimum and ranges.visibility_miles_maximum
                    then observations.visibility_miles
            end as visibility_miles,

        ---------- times
        observations.ingested_at
    from observations
    cross join ranges

)

select * from final
