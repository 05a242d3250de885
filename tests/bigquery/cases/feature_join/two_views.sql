with

labels as (

    select 1 as flight_id, 'JFK' as origin, 'LAX' as destination, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 2 as flight_id, 'JFK' as origin, 'SFO' as destination, timestamp '2013-01-01 00:00:00' as predicted_at

),

routes as (

    select 'JFK' as origin, 'LAX' as destination, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 06:00:00' as known_at, 10 as flights_count, 0.1 as late_rate

),

weather as (

    select 'JFK' as airport_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 5.5 as wind_speed_mph
    union all
    select 'JFK' as airport_code, timestamp '2013-01-02 00:00:00' as event_at, timestamp '2013-01-02 00:00:00' as known_at, cast(null as {{ dbt.type_float() }}) as wind_speed_mph

)

select * from {{ feature_join('labels', at='predicted_at', views=[
    {'relation': 'routes', 'keys': ['origin', 'destination'], 'columns': ['flights_count', 'late_rate']},
    {'relation': 'weather', 'keys': {'origin': 'airport_code'}, 'columns': ['wind_speed_mph']},
]) }} as joined
