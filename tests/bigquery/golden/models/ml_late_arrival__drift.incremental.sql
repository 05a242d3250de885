with

-- keeps what was predicted, each day for itself
predicted_on as (

    select
        flight_date as predicted_date,
        distance_miles,
        late_departure_rate_7d,
        late_departure_rate_28d,
        cancelled_rate_28d,
        late_arrival_rate_28d,
        arrival_delay_minutes_mean_28d,
        departures_count_3h,
        late_departure_rate_3h,
        departure_delay_minutes_mean_3h,
        humidity_percent,
        precipitation_inches,
        visibility_miles,
        wind_speed_mph,
        carrier_code,
        origin_airport_code,
        departure_day_of_week,
        departure_hour
    from `demo`.`azekura_ml`.`ml_late_arrival__training_set`
    where is_evaluation and flight_date >= date '2013-06-12' and flight_date < date '2013-06-16'

),

drift as (

    select * from (
    with base_rows as (
        select * from (
select * from `demo`.`azekura_ml`.`ml_late_arrival__training_set` where not is_evaluation and is_late_arrival is not null
        )
    ),

    study_rows as (
        select * from predicted_on
    ),

    quantiles as (
        select
            approx_quantiles(case when not is_nan(cast(`distance_miles` as FLOAT64)) then cast(`distance_miles` as FLOAT64) end, 100) as `distance_miles`,
            approx_quantiles(case when not is_nan(cast(`late_departure_rate_7d` as FLOAT64)) then cast(`late_departure_rate_7d` as FLOAT64) end, 100) as `late_departure_rate_7d`,
            approx_quantiles(case when not is_nan(cast(`late_departure_rate_28d` as FLOAT64)) then cast(`late_departure_rate_28d` as FLOAT64) end, 100) as `late_departure_rate_28d`,
            approx_quantiles(case when not is_nan(cast(`cancelled_rate_28d` as FLOAT64)) then cast(`cancelled_rate_28d` as FLOAT64) end, 100) as `cancelled_rate_28d`,
            approx_quantiles(case when not is_nan(cast(`late_arrival_rate_28d` as FLOAT64)) then cast(`late_arrival_rate_28d` as FLOAT64) end, 100) as `late_arrival_rate_28d`,
            approx_quantiles(case when not is_nan(cast(`arrival_delay_minutes_mean_28d` as FLOAT64)) then cast(`arrival_delay_minutes_mean_28d` as FLOAT64) end, 100) as `arrival_delay_minutes_mean_28d`,
            approx_quantiles(case when not is_nan(cast(`departures_count_3h` as FLOAT64)) then cast(`departures_count_3h` as FLOAT64) end, 100) as `departures_count_3h`,
            approx_quantiles(case when not is_nan(cast(`late_departure_rate_3h` as FLOAT64)) then cast(`late_departure_rate_3h` as FLOAT64) end, 100) as `late_departure_rate_3h`,
            approx_quantiles(case when not is_nan(cast(`departure_delay_minutes_mean_3h` as FLOAT64)) then cast(`departure_delay_minutes_mean_3h` as FLOAT64) end, 100) as `departure_delay_minutes_mean_3h`,
            approx_quantiles(case when not is_nan(cast(`humidity_percent` as FLOAT64)) then cast(`humidity_percent` as FLOAT64) end, 100) as `humidity_percent`,
            approx_quantiles(case when not is_nan(cast(`precipitation_inches` as FLOAT64)) then cast(`precipitation_inches` as FLOAT64) end, 100) as `precipitation_inches`,
            approx_quantiles(case when not is_nan(cast(`visibility_miles` as FLOAT64)) then cast(`visibility_miles` as FLOAT64) end, 100) as `visibility_miles`,
            approx_quantiles(case when not is_nan(cast(`wind_speed_mph` as FLOAT64)) then cast(`wind_speed_mph` as FLOAT64) end, 100) as `wind_speed_mph`,
            count(*) as one
        from base_rows
    ),

    -- of each number, negated and so descending: range_bucket counts what is at most its point
    bounds as (
        select
            array(
                select distinct -bound as bound
                from unnest(`distance_miles`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `distance_miles`,
            array(
                select distinct -bound as bound
                from unnest(`late_departure_rate_7d`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `late_departure_rate_7d`,
            array(
                select distinct -bound as bound
                from unnest(`late_departure_rate_28d`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `late_departure_rate_28d`,
            array(
                select distinct -bound as bound
                from unnest(`cancelled_rate_28d`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `cancelled_rate_28d`,
            array(
                select distinct -bound as bound
                from unnest(`late_arrival_rate_28d`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `late_arrival_rate_28d`,
            array(
                select distinct -bound as bound
                from unnest(`arrival_delay_minutes_mean_28d`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `arrival_delay_minutes_mean_28d`,
            array(
                select distinct -bound as bound
                from unnest(`departures_count_3h`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `departures_count_3h`,
            array(
                select distinct -bound as bound
                from unnest(`late_departure_rate_3h`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `late_departure_rate_3h`,
            array(
                select distinct -bound as bound
                from unnest(`departure_delay_minutes_mean_3h`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `departure_delay_minutes_mean_3h`,
            array(
                select distinct -bound as bound
                from unnest(`humidity_percent`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `humidity_percent`,
            array(
                select distinct -bound as bound
                from unnest(`precipitation_inches`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `precipitation_inches`,
            array(
                select distinct -bound as bound
                from unnest(`visibility_miles`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `visibility_miles`,
            array(
                select distinct -bound as bound
                from unnest(`wind_speed_mph`) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as `wind_speed_mph`,
            1 as one
        from quantiles
    ),

    base_places as (
        select
            0 as moment,
            [
                struct(
                    'distance_miles' as feature,
                    array_length(bounds.`distance_miles`) + 1 - range_bucket(-case when not is_nan(cast(given.`distance_miles` as FLOAT64)) then cast(given.`distance_miles` as FLOAT64) end, bounds.`distance_miles`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_7d' as feature,
                    array_length(bounds.`late_departure_rate_7d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_7d` as FLOAT64)) then cast(given.`late_departure_rate_7d` as FLOAT64) end, bounds.`late_departure_rate_7d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_28d' as feature,
                    array_length(bounds.`late_departure_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_28d` as FLOAT64)) then cast(given.`late_departure_rate_28d` as FLOAT64) end, bounds.`late_departure_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'cancelled_rate_28d' as feature,
                    array_length(bounds.`cancelled_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`cancelled_rate_28d` as FLOAT64)) then cast(given.`cancelled_rate_28d` as FLOAT64) end, bounds.`cancelled_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_arrival_rate_28d' as feature,
                    array_length(bounds.`late_arrival_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_arrival_rate_28d` as FLOAT64)) then cast(given.`late_arrival_rate_28d` as FLOAT64) end, bounds.`late_arrival_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'arrival_delay_minutes_mean_28d' as feature,
                    array_length(bounds.`arrival_delay_minutes_mean_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`arrival_delay_minutes_mean_28d` as FLOAT64)) then cast(given.`arrival_delay_minutes_mean_28d` as FLOAT64) end, bounds.`arrival_delay_minutes_mean_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'departures_count_3h' as feature,
                    array_length(bounds.`departures_count_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`departures_count_3h` as FLOAT64)) then cast(given.`departures_count_3h` as FLOAT64) end, bounds.`departures_count_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_3h' as feature,
                    array_length(bounds.`late_departure_rate_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_3h` as FLOAT64)) then cast(given.`late_departure_rate_3h` as FLOAT64) end, bounds.`late_departure_rate_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'departure_delay_minutes_mean_3h' as feature,
                    array_length(bounds.`departure_delay_minutes_mean_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`departure_delay_minutes_mean_3h` as FLOAT64)) then cast(given.`departure_delay_minutes_mean_3h` as FLOAT64) end, bounds.`departure_delay_minutes_mean_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'humidity_percent' as feature,
                    array_length(bounds.`humidity_percent`) + 1 - range_bucket(-case when not is_nan(cast(given.`humidity_percent` as FLOAT64)) then cast(given.`humidity_percent` as FLOAT64) end, bounds.`humidity_percent`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'precipitation_inches' as feature,
                    array_length(bounds.`precipitation_inches`) + 1 - range_bucket(-case when not is_nan(cast(given.`precipitation_inches` as FLOAT64)) then cast(given.`precipitation_inches` as FLOAT64) end, bounds.`precipitation_inches`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'visibility_miles' as feature,
                    array_length(bounds.`visibility_miles`) + 1 - range_bucket(-case when not is_nan(cast(given.`visibility_miles` as FLOAT64)) then cast(given.`visibility_miles` as FLOAT64) end, bounds.`visibility_miles`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'wind_speed_mph' as feature,
                    array_length(bounds.`wind_speed_mph`) + 1 - range_bucket(-case when not is_nan(cast(given.`wind_speed_mph` as FLOAT64)) then cast(given.`wind_speed_mph` as FLOAT64) end, bounds.`wind_speed_mph`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'carrier_code' as feature,
                    cast(null as int64) as place,
                    cast(given.`carrier_code` as string) as category
                ),
                struct(
                    'origin_airport_code' as feature,
                    cast(null as int64) as place,
                    cast(given.`origin_airport_code` as string) as category
                ),
                struct(
                    'departure_day_of_week' as feature,
                    cast(null as int64) as place,
                    cast(given.`departure_day_of_week` as string) as category
                ),
                struct(
                    'departure_hour' as feature,
                    cast(null as int64) as place,
                    cast(given.`departure_hour` as string) as category
                )
            ] as cells
        from base_rows as given
        cross join bounds
    ),

    base_counts as (
        select places.moment, cell.feature, cell.place, cell.category, count(*) as n
        from base_places as places
        cross join unnest(places.cells) as cell
        group by places.moment, cell.feature, cell.place, cell.category
    ),

    base_features as (
        select
            moment,
            feature,
            sum(n) as row_count,
            sum(case when place is not null or category is not null then n else 0 end) as value_count
        from base_counts
        group by moment, feature
    ),

    base_buckets as (
        select sizes.feature, bucket as place, coalesce(counts.n, 0) as n
        from bounds
        cross join unnest([
            struct('distance_miles' as feature, array_length(bounds.`distance_miles`) + 1 as size),
            struct('late_departure_rate_7d' as feature, array_length(bounds.`late_departure_rate_7d`) + 1 as size),
            struct('late_departure_rate_28d' as feature, array_length(bounds.`late_departure_rate_28d`) + 1 as size),
            struct('cancelled_rate_28d' as feature, array_length(bounds.`cancelled_rate_28d`) + 1 as size),
            struct('late_arrival_rate_28d' as feature, array_length(bounds.`late_arrival_rate_28d`) + 1 as size),
            struct('arrival_delay_minutes_mean_28d' as feature, array_length(bounds.`arrival_delay_minutes_mean_28d`) + 1 as size),
            struct('departures_count_3h' as feature, array_length(bounds.`departures_count_3h`) + 1 as size),
            struct('late_departure_rate_3h' as feature, array_length(bounds.`late_departure_rate_3h`) + 1 as size),
            struct('departure_delay_minutes_mean_3h' as feature, array_length(bounds.`departure_delay_minutes_mean_3h`) + 1 as size),
            struct('humidity_percent' as feature, array_length(bounds.`humidity_percent`) + 1 as size),
            struct('precipitation_inches' as feature, array_length(bounds.`precipitation_inches`) + 1 as size),
            struct('visibility_miles' as feature, array_length(bounds.`visibility_miles`) + 1 as size),
            struct('wind_speed_mph' as feature, array_length(bounds.`wind_speed_mph`) + 1 as size),
            struct('' as feature, 0 as size)
        ]) as sizes
        cross join unnest(generate_array(1, sizes.size)) as bucket
        left join base_counts as counts on sizes.feature = counts.feature and bucket = counts.place
    ),

    base_values as (
        select moment, feature, category, n
        from base_counts
        where category is not null
    ),

    study_places as (
        select
            given.`predicted_date` as moment,
            [
                struct(
                    'distance_miles' as feature,
                    array_length(bounds.`distance_miles`) + 1 - range_bucket(-case when not is_nan(cast(given.`distance_miles` as FLOAT64)) then cast(given.`distance_miles` as FLOAT64) end, bounds.`distance_miles`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_7d' as feature,
                    array_length(bounds.`late_departure_rate_7d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_7d` as FLOAT64)) then cast(given.`late_departure_rate_7d` as FLOAT64) end, bounds.`late_departure_rate_7d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_28d' as feature,
                    array_length(bounds.`late_departure_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_28d` as FLOAT64)) then cast(given.`late_departure_rate_28d` as FLOAT64) end, bounds.`late_departure_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'cancelled_rate_28d' as feature,
                    array_length(bounds.`cancelled_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`cancelled_rate_28d` as FLOAT64)) then cast(given.`cancelled_rate_28d` as FLOAT64) end, bounds.`cancelled_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_arrival_rate_28d' as feature,
                    array_length(bounds.`late_arrival_rate_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_arrival_rate_28d` as FLOAT64)) then cast(given.`late_arrival_rate_28d` as FLOAT64) end, bounds.`late_arrival_rate_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'arrival_delay_minutes_mean_28d' as feature,
                    array_length(bounds.`arrival_delay_minutes_mean_28d`) + 1 - range_bucket(-case when not is_nan(cast(given.`arrival_delay_minutes_mean_28d` as FLOAT64)) then cast(given.`arrival_delay_minutes_mean_28d` as FLOAT64) end, bounds.`arrival_delay_minutes_mean_28d`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'departures_count_3h' as feature,
                    array_length(bounds.`departures_count_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`departures_count_3h` as FLOAT64)) then cast(given.`departures_count_3h` as FLOAT64) end, bounds.`departures_count_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'late_departure_rate_3h' as feature,
                    array_length(bounds.`late_departure_rate_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`late_departure_rate_3h` as FLOAT64)) then cast(given.`late_departure_rate_3h` as FLOAT64) end, bounds.`late_departure_rate_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'departure_delay_minutes_mean_3h' as feature,
                    array_length(bounds.`departure_delay_minutes_mean_3h`) + 1 - range_bucket(-case when not is_nan(cast(given.`departure_delay_minutes_mean_3h` as FLOAT64)) then cast(given.`departure_delay_minutes_mean_3h` as FLOAT64) end, bounds.`departure_delay_minutes_mean_3h`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'humidity_percent' as feature,
                    array_length(bounds.`humidity_percent`) + 1 - range_bucket(-case when not is_nan(cast(given.`humidity_percent` as FLOAT64)) then cast(given.`humidity_percent` as FLOAT64) end, bounds.`humidity_percent`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'precipitation_inches' as feature,
                    array_length(bounds.`precipitation_inches`) + 1 - range_bucket(-case when not is_nan(cast(given.`precipitation_inches` as FLOAT64)) then cast(given.`precipitation_inches` as FLOAT64) end, bounds.`precipitation_inches`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'visibility_miles' as feature,
                    array_length(bounds.`visibility_miles`) + 1 - range_bucket(-case when not is_nan(cast(given.`visibility_miles` as FLOAT64)) then cast(given.`visibility_miles` as FLOAT64) end, bounds.`visibility_miles`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'wind_speed_mph' as feature,
                    array_length(bounds.`wind_speed_mph`) + 1 - range_bucket(-case when not is_nan(cast(given.`wind_speed_mph` as FLOAT64)) then cast(given.`wind_speed_mph` as FLOAT64) end, bounds.`wind_speed_mph`) as place,
                    cast(null as string) as category
                ),
                struct(
                    'carrier_code' as feature,
                    cast(null as int64) as place,
                    cast(given.`carrier_code` as string) as category
                ),
                struct(
                    'origin_airport_code' as feature,
                    cast(null as int64) as place,
                    cast(given.`origin_airport_code` as string) as category
                ),
                struct(
                    'departure_day_of_week' as feature,
                    cast(null as int64) as place,
                    cast(given.`departure_day_of_week` as string) as category
                ),
                struct(
                    'departure_hour' as feature,
                    cast(null as int64) as place,
                    cast(given.`departure_hour` as string) as category
                )
            ] as cells
        from study_rows as given
        cross join bounds
        where given.`predicted_date` is not null
    ),

    study_counts as (
        select places.moment, cell.feature, cell.place, cell.category, count(*) as n
        from study_places as places
        cross join unnest(places.cells) as cell
        group by places.moment, cell.feature, cell.place, cell.category
    ),

    study_features as (
        select
            moment,
            feature,
            sum(n) as row_count,
            sum(case when place is not null or category is not null then n else 0 end) as value_count
        from study_counts
        group by moment, feature
    ),

    study_buckets as (
        select moment, feature, place, n
        from study_counts
        where place is not null
    ),

    study_values as (
        select moment, feature, category, n
        from study_counts
        where category is not null
    ),

    sides as (
        select
            study.moment,
            study.feature,
            base.row_count as base_rows,
            base.value_count as base_count,
            study.row_count as study_rows,
            study.value_count as study_count
        from study_features as study
        inner join base_features as base on study.feature = base.feature
    ),

    buckets as (
        select
            sides.moment,
            sides.feature,
            base.place,
            base.n as base_n,
            coalesce(study.n, 0) as study_n,
            sides.base_count,
            sides.study_count
        from sides
        inner join base_buckets as base on sides.feature = base.feature
        left join study_buckets as study
            on
                sides.moment = study.moment
                and sides.feature = study.feature
                and base.place = study.place
        where sides.base_count > 0 and sides.study_count > 0
    ),

    cumulated as (
        select
            *,
            sum(base_n) over (partition by moment, feature order by place) as base_to,
            sum(study_n) over (partition by moment, feature order by place) as study_to
        from buckets
    ),

    -- keeps which tenth of the base a bucket begins in
    tenths as (
        select
            moment,
            feature,
            least(9, floor(10 * (base_to - base_n) / base_count + 0.05)) as tenth,
            base_n,
            study_n,
            base_count,
            study_count,
            abs(base_to / base_count - study_to / study_count) as distance
        from cumulated
    ),

    -- a share of nothing counts as one in ten thousand
    tenth_shares as (
        select
            moment,
            feature,
            greatest(sum(base_n) / max(base_count), 0.0001) as p,
            greatest(sum(study_n) / max(study_count), 0.0001) as q,
            max(distance) as distance
        from tenths
        group by moment, feature, tenth
    ),

    ranked_values as (
        select
            feature,
            category,
            n,
            row_number() over (partition by feature order by n desc, category) as place
        from base_values
    ),

    cells as (
        select
            sides.moment,
            sides.feature,
            kept.category,
            kept.n as base_n,
            0 as study_n
        from sides
        inner join ranked_values as kept on sides.feature = kept.feature
        where kept.place <= 1000
        union all
        select
            moment,
            feature,
            category,
            0 as base_n,
            n as study_n
        from study_values
    ),

    category_counts as (
        select
            moment,
            feature,
            category,
            sum(base_n) as base_n,
            sum(study_n) as study_n
        from cells
        group by moment, feature, category
    ),

    category_shares as (
        select
            counts.moment,
            counts.feature,
            counts.base_n > 0 as is_known,
            counts.base_n / sides.base_count as p,
            counts.study_n / sides.study_count as q
        from category_counts as counts
        inner join sides on counts.moment = sides.moment and counts.feature = sides.feature
        where sides.base_count > 0 and sides.study_count > 0
    ),

    category_metrics as (
        select
            moment,
            feature,
            sum(case when is_known then (greatest(p, 0.0001) - greatest(q, 0.0001)) * ln(greatest(p, 0.0001) / greatest(q, 0.0001)) else 0 end) as psi,
            max(abs(p - q)) as l_infty,
            greatest(1 - sum(p), 0) as rest_p,
            sum(case when is_known then 0 else q end) as rest_q
        from category_shares
        group by moment, feature
    ),

    metrics as (
        select moment, feature, 'PSI' as metric, sum((p - q) * ln(p / q)) as value
        from tenth_shares
        group by moment, feature
        union all
        select moment, feature, 'KS_DISTANCE' as metric, max(distance) as value
        from tenth_shares
        group by moment, feature
        union all
        select
            moment,
            feature,
            'PSI' as metric,
            psi + (greatest(rest_p, 0.0001) - greatest(rest_q, 0.0001)) * ln(greatest(rest_p, 0.0001) / greatest(rest_q, 0.0001)) as value
        from category_metrics
        union all
        select moment, feature, 'L_INFTY' as metric, l_infty as value
        from category_metrics
        union all
        select moment, feature, 'NEW_CATEGORY_SHARE' as metric, greatest(rest_q - rest_p, 0) as value
        from category_metrics
        union all
        select
            moment,
            feature,
            'NULL_RATE_DELTA' as metric,
            (study_rows - study_count) / study_rows - (base_rows - base_count) / base_rows as value
        from sides
        where base_rows > 0 and study_rows > 0
    ),

    limited as (
        select
            metrics.moment,
            metrics.feature,
            metrics.metric,
            cast(
                case
                    when metrics.metric = 'PSI' and metrics.feature = 'departure_day_of_week' then 10
                    when metrics.metric = 'PSI' then 5
                    when metrics.metric = 'KS_DISTANCE' then 0.65
                    when metrics.metric = 'L_INFTY' and metrics.feature = 'departure_day_of_week' then 0.95
                    when metrics.metric = 'L_INFTY' then 0.3
                    when metrics.metric = 'NEW_CATEGORY_SHARE' then 0.05
                    when metrics.metric = 'NULL_RATE_DELTA' then 0.1
                end as FLOAT64
            ) as threshold,
            metrics.value,
            sides.study_rows as rows_count
        from metrics
        inner join sides on metrics.moment = sides.moment and metrics.feature = sides.feature
    )

    select
        moment as `predicted_date`,
        feature,
        metric,
        threshold,
        value,
        abs(value) > threshold as is_anomaly,
        rows_count
    from limited
) as drift

)

select
    predicted_date,
    'ml_late_arrival__model_boosted_tree' as model_name,
    feature,
    metric,
    threshold,
    value,
    is_anomaly,
    rows_count
from drift
