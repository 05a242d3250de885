-- a band begins with the minute after the one before it; only the first has no lower limit, only the last no upper one
with

-- keeps each band beside the one before it
followed as (

    select
        delay_band,
        band_number,
        from_minutes,
        to_minutes,
        is_late,
        lag(to_minutes) over (order by band_number) as earlier_to_minutes,
        lag(is_late) over (order by band_number) as earlier_is_late,
        row_number() over (order by band_number) as place,
        count(*) over () as bands_count
    from {{ ref('delay_bands') }}

)

select * from followed
where
    from_minutes is distinct from earlier_to_minutes + 1
    or (to_minutes is null) != (place = bands_count)
    or band_number != place
    or (earlier_is_late and not is_late)
