with

flights as (

    select * from `demo`.`azekura_lake`.`stg_nycflights13__flights`
    where flight_date >= date '2013-06-12' and flight_date < date '2013-06-16'

),

airports as (

    select
        airport_code,
        time_zone
    from `demo`.`azekura_warehouse`.`dim_airport`

),

bands as (

    select * from `demo`.`azekura_seeds`.`delay_bands`

),

delays as (

    select departure_delay_minutes as delay_minutes
    from flights
    union distinct
    select arrival_delay_minutes as delay_minutes
    from flights

),

-- keeps each delay that flights had, with its band: BigQuery joins flights by what is equal, not by a range
banded as (

    select
        delays.delay_minutes,
        bands.delay_band,
        bands.is_late
    from delays
    inner join bands
        on
            (bands.from_minutes is null or delays.delay_minutes >= bands.from_minutes)
            and (bands.to_minutes is null or delays.delay_minutes <= bands.to_minutes)
    where delays.delay_minutes is not null

),

conformed as (

    select
        flights.*,
        coalesce(flights.tail_number, 'unknown') as aircraft_key,
        departure.is_late as is_late_departure,
        arrival.is_late as is_late_arrival,
        arrival.delay_band as arrival_delay_band,
        timestamp(datetime_add(cast(flights.flight_date as datetime), interval flights.scheduled_arrival_minute minute), airports.time_zone) as same_day_arrival_at
    from flights
    left join airports on flights.destination_airport_code = airports.airport_code
    left join banded as departure on flights.departure_delay_minutes = departure.delay_minutes
    left join banded as arrival on flights.arrival_delay_minutes = arrival.delay_minutes

),

-- the timetable gives the local clock of arrival; the day is the first on which it lies after departure
timed as (

    select
        *,
        timestamp_add(scheduled_at, interval departure_delay_minutes minute) as departed_at,
        timestamp_add(same_day_arrival_at, interval arrival_delay_minutes + case when same_day_arrival_at <= scheduled_at then 1440 else 0 end minute) as arrived_at
    from conformed

),

final as (

    select
        flight_id,
        flight_date,

        ---------- dimensions
        carrier_code,
        origin_airport_code,
        destination_airport_code,
        aircraft_key,
        tail_number,
        flight_number,

        ---------- measures
        distance_miles,
        scheduled_departure_minute,
        departure_delay_minutes,
        arrival_delay_minutes,
        air_time_minutes,
        departure_delay_minutes is null as is_cancelled,
        departure_delay_minutes is not null and arrival_delay_minutes is null as is_diverted,
        is_late_departure,
        is_late_arrival,
        arrival_delay_band,

        ---------- times
        scheduled_at as event_at,
        departed_at,
        arrived_at,
        ingested_at,
        -- when its outcome was known; a day later where the destination's clock is not
        case
            when departure_delay_minutes is null then ingested_at
            when arrived_at is not null
                then greatest(ingested_at, arrived_at, timestamp_add(departed_at, interval coalesce(air_time_minutes, 0) minute))
            else timestamp_add(ingested_at, interval 24 hour)
        end as known_at
    from timed

)

select * from final
