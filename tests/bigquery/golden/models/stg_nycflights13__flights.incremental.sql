with

-- keeps the records that can be used, one per key: the latest that arrived
records as (

    select * from (
    with lake_rows as (
        select
            `year`, `month`, `day`, `dep_time`, `sched_dep_time`, `dep_delay`, `arr_time`, `sched_arr_time`, `arr_delay`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `air_time`, `distance`, `hour`, `minute`, `time_hour`, `event_at`, `ingested_at`,
            ingested_date,
            _file_name as lake_file,
            cast(null as int64) as line_number
        from `demo`.`azekura_lake_files`.`flights`
        where ingested_date >= date '2013-06-11' and ingested_date < date '2013-06-18'
    ),

    typed as (
        select
            cast(`year` as int64) as `year`,
            cast(`month` as int64) as `month`,
            cast(`day` as int64) as `day`,
            cast(`dep_time` as int64) as `dep_time`,
            cast(`sched_dep_time` as int64) as `sched_dep_time`,
            cast(`dep_delay` as int64) as `dep_delay`,
            cast(`arr_time` as int64) as `arr_time`,
            cast(`sched_arr_time` as int64) as `sched_arr_time`,
            cast(`arr_delay` as int64) as `arr_delay`,
            cast(`carrier` as string) as `carrier`,
            cast(`flight` as int64) as `flight`,
            cast(`tailnum` as string) as `tailnum`,
            cast(`origin` as string) as `origin`,
            cast(`dest` as string) as `dest`,
            cast(`air_time` as int64) as `air_time`,
            cast(`distance` as int64) as `distance`,
            cast(`hour` as int64) as `hour`,
            cast(`minute` as int64) as `minute`,
            cast(`time_hour` as timestamp) as `time_hour`,
            cast(`event_at` as timestamp) as `event_at`,
            cast(`ingested_at` as timestamp) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            cast(null as string) as raw_record,
            cast(null as string) as problem
        from lake_rows
    ),

    checked as (
        select
            `year`,
            `month`,
            `day`,
            `dep_time`,
            `sched_dep_time`,
            `dep_delay`,
            `arr_time`,
            `sched_arr_time`,
            `arr_delay`,
            `carrier`,
            `flight`,
            `tailnum`,
            `origin`,
            `dest`,
            `air_time`,
            `distance`,
            `hour`,
            `minute`,
            `time_hour`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `carrier` is null then 'column carrier is missing or NULL'
                when `flight` is null then 'column flight is missing or NULL'
                when `origin` is null then 'column origin is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `dest` is null then 'column dest is missing or NULL'
                when `sched_dep_time` is null then 'column sched_dep_time is missing or NULL'
                when `sched_arr_time` is null then 'column sched_arr_time is missing or NULL'
                when `distance` is null then 'column distance is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `carrier` = '' then 'column carrier is empty'
                when `origin` = '' then 'column origin is empty'
                when `dest` = '' then 'column dest is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 1 day)
                    then 'arrived more than 1 day(s) late (max_lateness_days of the source)'
                when not coalesce(sched_dep_time between 0 and 2400 and mod(sched_dep_time, 100) < 60, true) then 'sched_dep_time is not a clock time HHMM'
                when not coalesce(sched_arr_time between 0 and 2400 and mod(sched_arr_time, 100) < 60, true) then 'sched_arr_time is not a clock time HHMM'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `carrier`, `flight`, `origin`, `event_at`
                order by ingested_at desc, lake_file desc, `year` desc, `month` desc, `day` desc, `dep_time` desc, `sched_dep_time` desc, `dep_delay` desc, `arr_time` desc, `sched_arr_time` desc, `arr_delay` desc, `carrier` desc, `flight` desc, `tailnum` desc, `origin` desc, `dest` desc, `air_time` desc, `distance` desc, `hour` desc, `minute` desc, `time_hour` desc, `event_at` desc, `ingested_at` desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `carrier`, `flight`, `origin`, `event_at`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `year`,
            `month`,
            `day`,
            `dep_time`,
            `sched_dep_time`,
            `dep_delay`,
            `arr_time`,
            `sched_arr_time`,
            `arr_delay`,
            `carrier`,
            `flight`,
            `tailnum`,
            `origin`,
            `dest`,
            `air_time`,
            `distance`,
            `hour`,
            `minute`,
            `time_hour`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (carrier, flight, origin, event_at): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `year`,
        `month`,
        `day`,
        `dep_time`,
        `sched_dep_time`,
        `dep_delay`,
        `arr_time`,
        `sched_arr_time`,
        `arr_delay`,
        `carrier`,
        `flight`,
        `tailnum`,
        `origin`,
        `dest`,
        `air_time`,
        `distance`,
        `hour`,
        `minute`,
        `time_hour`,
        `event_at`,
        `ingested_at`,
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then to_json_string(struct(`year`, `month`, `day`, `dep_time`, `sched_dep_time`, `dep_delay`, `arr_time`, `sched_arr_time`, `arr_delay`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `air_time`, `distance`, `hour`, `minute`, `time_hour`, `event_at`, `ingested_at`)) end as raw_record
    from judged
    where not is_superseded
) as lake_records
    where reject_reason is null

),

renamed as (

    select
        to_hex(md5(cast(coalesce(cast(length(cast(carrier as string)) as string) || ':' || cast(carrier as string), '~') || coalesce(cast(length(cast(flight as string)) as string) || ':' || cast(flight as string), '~') || coalesce(cast(length(cast(origin as string)) as string) || ':' || cast(origin as string), '~') || coalesce(cast(length(cast(unix_seconds(event_at) as string)) as string) || ':' || cast(unix_seconds(event_at) as string), '~') as string))) as flight_id,
        date(event_at, 'America/New_York') as flight_date,
        carrier as carrier_code,
        flight as flight_number,
        tailnum as tail_number,
        origin as origin_airport_code,
        dest as destination_airport_code,

        ---------- measures
        distance as distance_miles,
        (cast(floor(sched_dep_time / 100) as bigint) * 60 + mod(sched_dep_time, 100)) as scheduled_departure_minute,
        (cast(floor(sched_arr_time / 100) as bigint) * 60 + mod(sched_arr_time, 100)) as scheduled_arrival_minute,
        dep_delay as departure_delay_minutes,
        arr_delay as arrival_delay_minutes,
        air_time as air_time_minutes,

        ---------- times
        event_at as scheduled_at,
        ingested_at,
        ingested_date
    from records

),

windowed as (

    select * from renamed
    where flight_date >= date '2013-06-12' and flight_date < date '2013-06-16'

)

select * from windowed
