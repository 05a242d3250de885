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

-- keeps airports that flights name and the list does not: members in their own right, not lost rows
inferred as (

    select
        flown.airport_code,
        concat('Unlisted airport ', flown.airport_code) as airport_name,
        cast(null as FLOAT64) as latitude_degrees,
        cast(null as FLOAT64) as longitude_degrees,
        cast(null as bigint) as altitude_feet,
        cast(null as string) as time_zone,
        false as is_listed
    from flown
    left join airports on flown.airport_code = airports.airport_code
    where airports.airport_code is null

),

unioned as (

    select * from airports
    union all
    select * from inferred

)

select * from unioned
