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
        air_time_minutes,
        flight_date >= cast('{{ var("evaluation_from") }}' as date) as is_evaluation
    from {{ ref('fct_flight') }}

),

joined as (

    select * from {{ feature_join('labels', at='predicted_at', service='air_time', views=[
        {
            'view': 'feat_route__history',
            'columns': ['air_time_minutes_mean_28d'],
        },
        {
            'view': 'feat_airport__weather',
            'version': 2,
            'keys': {'origin_airport_code': 'airport_code'},
            'columns': ['temperature_celsius', 'wind_speed_kmh'],
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
    air_time_minutes_mean_28d,
    temperature_celsius,
    wind_speed_kmh,
    air_time_minutes,
    is_evaluation
from joined
