with

-- keeps what is believed today about who flew an aircraft when
assignments as (

    select
        tail_number,
        carrier_code,
        valid_from,
        valid_to
    from (select * from `demo`.`azekura_snapshots`.`snap_aircraft__carrier_assignment` where dbt_valid_to = cast('9999-12-31' as timestamp)) as believed

),

registry as (

    select * from `demo`.`azekura_lake`.`stg_nycflights13__aircraft`

),

-- keeps registered aircraft that never flew
idle as (

    select
        registry.tail_number,
        cast(null as string) as carrier_code,
        registry.ingested_at as valid_from,
        cast('9999-12-31' as timestamp) as valid_to
    from registry
    left join assignments on registry.tail_number = assignments.tail_number
    where assignments.tail_number is null

),

versions as (

    select * from assignments
    union all
    select * from idle

),

described as (

    select
        versions.tail_number as aircraft_key,
        versions.tail_number,
        versions.carrier_code,
        versions.valid_from,
        versions.valid_to,
        registry.tail_number is not null as is_registered,
        registry.manufactured_year,
        registry.aircraft_type,
        registry.manufacturer,
        registry.aircraft_model,
        registry.engine_count,
        registry.seat_count,
        registry.engine_type
    from versions
    left join registry on versions.tail_number = registry.tail_number

),

-- the member that flights without a tail number belong to
unknown_member as (

    select
        'unknown' as aircraft_key,
        cast(null as string) as tail_number,
        cast(null as string) as carrier_code,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        false as is_registered,
        cast(null as bigint) as manufactured_year,
        cast(null as string) as aircraft_type,
        cast(null as string) as manufacturer,
        cast(null as string) as aircraft_model,
        cast(null as bigint) as engine_count,
        cast(null as bigint) as seat_count,
        cast(null as string) as engine_type

),

unioned as (

    select * from described
    union all
    select * from unknown_member

)

select * from unioned
