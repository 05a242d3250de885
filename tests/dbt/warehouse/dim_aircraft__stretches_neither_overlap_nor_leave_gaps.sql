with

-- keeps every stretch of an aircraft but the last, with the start of the next
followed as (

    select
        tail_number,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by tail_number
            order by valid_from
        ) as next_valid_from
    from {{ ref('dim_aircraft') }}

)

select * from followed
where valid_to != next_valid_from
