with

labels as (

    select 1 as flight_id, 'AA' as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 2 as flight_id, 'AA' as carrier_code, timestamp '2012-12-31 00:00:00' as predicted_at
    union all
    select 3 as flight_id, 'UA' as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at
    union all
    select 4 as flight_id, cast(null as {{ dbt.type_string() }}) as carrier_code, timestamp '2013-01-03 00:00:00' as predicted_at

),

-- one carrier: a state, the next, and a correction of the first that became known last; not one was
-- known at no moment, nor does one belong to no carrier
states as (

    select 'AA' as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 0.1 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-02 00:00:00' as event_at, timestamp '2013-01-02 00:00:00' as known_at, 0.2 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-02 12:00:00' as known_at, 0.3 as late_rate
    union all
    select 'AA' as carrier_code, timestamp '2013-01-09 00:00:00' as event_at, cast(null as {{ dbt.type_timestamp() }}) as known_at, 0.4 as late_rate
    union all
    select cast(null as {{ dbt.type_string() }}) as carrier_code, timestamp '2013-01-01 00:00:00' as event_at, timestamp '2013-01-01 00:00:00' as known_at, 0.5 as late_rate

)

select * from {{ feature_join('labels', at='predicted_at', views=[
    {'relation': 'states', 'keys': ['carrier_code'], 'columns': ['late_rate']},
]) }} as joined
