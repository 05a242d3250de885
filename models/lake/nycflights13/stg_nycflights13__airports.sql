with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from {{ lake_records('nycflights13', 'airports') }} as lake_records
    where reject_reason is null

),

renamed as (

    select
        faa as airport_code,
        name as airport_name,
        lat as latitude_degrees,
        lon as longitude_degrees,
        alt as altitude_feet,
        tzone as time_zone,
        ingested_at
    from records

)

select * from renamed
