with

measured as (

    select * from (
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version,
        count(*) as rows_count,
        (select count(*) from (select distinct `airport_code` from `demo`.`azekura_features`.`feat_airport__traffic`) as entities) as entities_count,
        min(`event_at`) as oldest_event_at,
        max(`event_at`) as newest_event_at,
        max(`known_at`) as newest_known_at
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version,
        count(*) as rows_count,
        (select count(*) from (select distinct `airport_code` from `demo`.`azekura_features`.`feat_airport__weather_v1`) as entities) as entities_count,
        min(`event_at`) as oldest_event_at,
        max(`event_at`) as newest_event_at,
        max(`known_at`) as newest_known_at
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version,
        count(*) as rows_count,
        (select count(*) from (select distinct `airport_code` from `demo`.`azekura_features`.`feat_airport__weather_v2`) as entities) as entities_count,
        min(`event_at`) as oldest_event_at,
        max(`event_at`) as newest_event_at,
        max(`known_at`) as newest_known_at
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version,
        count(*) as rows_count,
        (select count(*) from (select distinct `carrier_code` from `demo`.`azekura_features`.`feat_carrier__punctuality`) as entities) as entities_count,
        min(`event_at`) as oldest_event_at,
        max(`event_at`) as newest_event_at,
        max(`known_at`) as newest_known_at
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version,
        count(*) as rows_count,
        (select count(*) from (select distinct `origin_airport_code`, `destination_airport_code` from `demo`.`azekura_features`.`feat_route__history`) as entities) as entities_count,
        min(`event_at`) as oldest_event_at,
        max(`event_at`) as newest_event_at,
        max(`known_at`) as newest_known_at
    from `demo`.`azekura_features`.`feat_route__history`
) as measured

)

select
    view_name,
    view_version,
    rows_count,
    entities_count,
    oldest_event_at,
    newest_event_at,
    newest_known_at
from measured
