with

-- keeps every flight, an hour before its departure; flights that never arrived have no label
labels as (

    select
        flight_id,
        flight_date,
        {{ timestamp_add('event_at', -1, 'hour') }} as predicted_at,
        carrier_code,
        origin_airport_code,
        destination_airport_code,
        distance_miles,
        cast(cast(floor(scheduled_departure_minute / 60) as {{ dbt.type_bigint() }}) as {{ dbt.type_string() }}) as departure_hour,
        cast({{ day_of_week('flight_date') }} as {{ dbt.type_string() }}) as departure_day_of_week,
        is_late_arrival,
        flight_date >= cast('{{ var("evaluation_from") }}' as date) as is_evaluation
    from {{ ref('fct_flight') }}

),

joined as (

    select * from {{ feature_join('labels', at='predicted_at', service='late_arrival', views=[
        {
            'view': 'feat_carrier__punctuality',
            'columns': ['late_departure_rate_7d', 'late_departure_rate_28d', 'cancelled_rate_28d'],
        },
        {
            'view': 'feat_route__history',
            'columns': ['late_arrival_rate_28d', 'arrival_delay_minutes_mean_28d'],
        },
        {
            'view': 'feat_airport__traffic',
            'keys': {'origin_airport_code': 'airport_code'},
            'columns': ['departures_count_3h', 'late_departure_rate_3h', 'departure_delay_minutes_mean_3h'],
        },
        {
            'view': 'feat_airport__weather',
            'version': 1,
            'keys': {'origin_airport_code': 'airport_code'},
            'columns': ['humidity_percent', 'wind_speed_mph', 'precipitation_inches', 'visibility_miles'],
        },
    ]) }} as joined

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
    is_late_arrival,
    is_evaluation
from joined
