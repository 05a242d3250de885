-- each segment has one name, and no other segment has it
with

segments as (

    select
        segment_id,
        segment_name
    from {{ ref('ml_airport_segments__predictions') }}
    where segment_id is not null
    group by segment_id, segment_name

),

counted as (

    select
        segment_id,
        segment_name,
        count(*) over (partition by segment_id) as names_count,
        count(*) over (partition by segment_name) as segments_count
    from segments

)

select * from counted
where names_count > 1 or segments_count > 1
