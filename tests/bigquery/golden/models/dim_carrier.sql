with

carriers as (

    select
        carrier_code,
        carrier_name,
        true as is_listed
    from `demo`.`azekura_lake`.`stg_nycflights13__carriers`

),

-- `distinct`: one row per carrier out of many flights
flown as (

    select distinct carrier_code
    from `demo`.`azekura_lake`.`stg_nycflights13__flights`

),

-- keeps carriers that flights name and the list does not: members in their own right, not lost rows
inferred as (

    select
        flown.carrier_code,
        concat('Unlisted carrier ', flown.carrier_code) as carrier_name,
        false as is_listed
    from flown
    left join carriers on flown.carrier_code = carriers.carrier_code
    where carriers.carrier_code is null

),

unioned as (

    select * from carriers
    union all
    select * from inferred

)

select * from unioned
