with

observations as (

    select * from `demo`.`azekura_warehouse`.`fct_weather_hour`
    where true

)

select
    airport_code,
    observed_at as event_at,
    ingested_at as known_at,
    observed_date as feature_date,
    temperature_fahrenheit,
    humidity_percent,
    wind_speed_mph,
    precipitation_inches,
    visibility_miles
from observations
