with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from {{ lake_records('nycflights13', 'flights') }} as lake_records
    where reject_reason is null

),

renamed as (

    select
        {{ surrogate_key(['carrier', 'flight', 'origin', unix_second('event_at')]) }} as flight_id,
        {{ utc_to_local_date('event_at', "'" ~ var('reporting_time_zone') ~ "'") }} as flight_date,
        carrier as carrier_code,
        flight as flight_number,
        tailnum as tail_number,
        origin as origin_airport_code,
        dest as destination_airport_code,

        ---------- measures
        distance as distance_miles,
        {{ hhmm_to_minutes('sched_dep_time') }} as scheduled_departure_minute,
        {{ hhmm_to_minutes('sched_arr_time') }} as scheduled_arrival_minute,
        dep_delay as departure_delay_minutes,
        arr_delay as arrival_delay_minutes,
        air_time as air_time_minutes,

        ---------- times
        event_at as scheduled_at,
        ingested_at,
        ingested_date
    from records

),

windowed as (

    select * from renamed
    where {{ in_window('flight_date') }}

)

select * from windowed
