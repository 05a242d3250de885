select * from (
    with lake_rows as (
        select
            `order_id`, `customer`, `amount`, `event_at`, `ingested_at`,
            ingested_date,
            _file_name as lake_file,
            cast(null as int64) as line_number
        from `demo`.`lake_files`.`orders`
        where ingested_date >= date '0001-01-01'
    ),

    typed as (
        select
            cast(`order_id` as INT64) as `order_id`,
            cast(`customer` as STRING) as `customer`,
            cast(`amount` as FLOAT64) as `amount`,
            cast(`event_at` as TIMESTAMP) as `event_at`,
            cast(`ingested_at` as TIMESTAMP) as `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            cast(null as string) as raw_record,
            cast(null as string) as problem
        from lake_rows
    ),

    checked as (
        select
            `order_id`,
            `customer`,
            `amount`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                when `order_id` is null then 'column order_id is missing or NULL'
                when `customer` is null then 'column customer is missing or NULL'
                when `event_at` is null then 'column event_at is missing or NULL'
                when `ingested_at` is null then 'column ingested_at is missing or NULL'
                when `customer` = '' then 'column customer is empty'
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > date_add(ingested_date, interval 1 day)
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > date_add(cast(event_at as date), interval 3 day)
                    then 'arrived more than 3 day(s) late (max_lateness_days of the source)'
                when not coalesce(amount >= 0, true) then 'the amount is negative'
            end as problem
        from typed
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, `order_id`
                order by ingested_at desc, lake_file desc, `order_id` desc, `customer` desc, `amount` desc, `event_at` desc, `ingested_at` desc, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, `order_id`
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            `order_id`,
            `customer`,
            `amount`,
            `event_at`,
            `ingested_at`,
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key (order_id): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        `order_id`,
        `customer`,
        `amount`,
        `event_at`,
        `ingested_at`,
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then to_json_string(struct(`order_id`, `customer`, `amount`, `event_at`, `ingested_at`)) end as raw_record
    from judged
    where not is_superseded
) as records
