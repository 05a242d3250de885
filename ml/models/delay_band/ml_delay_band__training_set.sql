with

-- keeps every flight as it was known an hour before its departure: the same moment, rows and features
known as (

    select * from {{ ref('ml_late_arrival__training_set') }}

),

flights as (

    select
        flight_id,
        arrival_delay_band as delay_band
    from {{ ref('fct_flight') }}

),

joined as (

    select
        known.*,
        flights.delay_band
    from known
    left join flights on known.flight_id = flights.flight_id

)

select
    flight_id,
    flight_date,
    predicted_at,
    carrier_code,
    origin_airport_code,
    destination_airport_code,
    distance_miles,
    departure_hour,
    departure_day_of_week,
    late_departure_rate_7d,
    late_departure_rate_28d,
    cancelled_rate_28d,
    late_arrival_rate_28d,
    arrival_delay_minutes_mean_28d,
    departures_count_3h,
    late_departure_rate_3h,
    departure_delay_minutes_mean_3h,
    humidity_percent,
    wind_speed_mph,
    precipitation_inches,
    visibility_miles,
    delay_band,
    is_evaluation
from joined
