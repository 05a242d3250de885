with

observations as (

    select * from `demo`.`azekura_warehouse`.`fct_weather_hour`
    where observed_date >= date '2013-06-12' and observed_date < date '2013-06-16'

)

select
    airport_code,
    observed_at as event_at,
    ingested_at as known_at,
    observed_date as feature_date,
    (temperature_fahrenheit - 32) / 1.8 as temperature_celsius,
    humidity_percent,
    wind_speed_mph * 1.609344 as wind_speed_kmh,
    precipitation_inches * 25.4 as precipitation_mm,
    visibility_miles * 1.609344 as visibility_km
from observations
