-- midnight on the first of January comes as many hours after UTC's as the offset is behind it
with

airports as (

    select
        airport_code,
        utc_offset_hours,
        {{ local_to_utc("cast('2013-01-01' as date)", 0, 'time_zone') }} as new_year_at
    from {{ ref('unlisted_airports') }}

)

select * from airports
where {{ timestamp_add('new_year_at', 'utc_offset_hours', 'hour') }} is distinct from cast('2013-01-01' as timestamp)
