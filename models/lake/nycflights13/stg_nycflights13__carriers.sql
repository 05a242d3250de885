with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from {{ lake_records('nycflights13', 'carriers') }} as lake_records
    where reject_reason is null

),

renamed as (

    select
        carrier as carrier_code,
        name as carrier_name,
        ingested_at
    from records

)

select * from renamed
