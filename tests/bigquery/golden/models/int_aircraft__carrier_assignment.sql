with

-- keeps the flights whose aircraft is known
known as (

    select
        tail_number,
        carrier_code,
        scheduled_at,
        row_number() over (
            partition by tail_number, scheduled_at
            order by flight_id
        ) as number_at_moment
    from `demo`.`azekura_lake`.`stg_nycflights13__flights`
    where tail_number is not null

),

-- keeps one flight per aircraft and moment, with the carrier of the aircraft's flight before
flights as (

    select
        tail_number,
        carrier_code,
        scheduled_at,
        lag(carrier_code) over (
            partition by tail_number
            order by scheduled_at
        ) as previous_carrier_code
    from known
    where number_at_moment = 1

),

-- keeps the flights with which a carrier takes an aircraft over
takeovers as (

    select
        tail_number,
        carrier_code,
        scheduled_at as valid_from
    from flights
    where previous_carrier_code is null or previous_carrier_code != carrier_code

),

assignments as (

    select
        tail_number,
        carrier_code,
        valid_from,
        coalesce(
            lead(valid_from) over (
                partition by tail_number
                order by valid_from
            ),
            cast('9999-12-31' as timestamp)
        ) as valid_to
    from takeovers

)

select * from assignments
