with

counted as (

    select * from (
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_1h' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select cast(`departures_count_1h` as FLOAT64) as value from `demo`.`azekura_features`.`feat_airport__traffic`) as given
        cross join (
            select minimum, ceil((maximum - minimum + 1) / 40) as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__traffic'
                and view_version = 1
                and feature_name = 'departures_count_1h'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_3h' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select cast(`departures_count_3h` as FLOAT64) as value from `demo`.`azekura_features`.`feat_airport__traffic`) as given
        cross join (
            select minimum, ceil((maximum - minimum + 1) / 40) as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__traffic'
                and view_version = 1
                and feature_name = 'departures_count_3h'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'cancelled_count_3h' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select cast(`cancelled_count_3h` as FLOAT64) as value from `demo`.`azekura_features`.`feat_airport__traffic`) as given
        cross join (
            select minimum, ceil((maximum - minimum + 1) / 40) as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__traffic'
                and view_version = 1
                and feature_name = 'cancelled_count_3h'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_3h' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end as value from `demo`.`azekura_features`.`feat_airport__traffic`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__traffic'
                and view_version = 1
                and feature_name = 'late_departure_rate_3h'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_3h' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end as value from `demo`.`azekura_features`.`feat_airport__traffic`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__traffic'
                and view_version = 1
                and feature_name = 'departure_delay_minutes_mean_3h'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'temperature_fahrenheit' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end as value from `demo`.`azekura_features`.`feat_airport__weather_v1`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 1
                and feature_name = 'temperature_fahrenheit'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'humidity_percent' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end as value from `demo`.`azekura_features`.`feat_airport__weather_v1`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 1
                and feature_name = 'humidity_percent'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'wind_speed_mph' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end as value from `demo`.`azekura_features`.`feat_airport__weather_v1`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 1
                and feature_name = 'wind_speed_mph'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'precipitation_inches' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end as value from `demo`.`azekura_features`.`feat_airport__weather_v1`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 1
                and feature_name = 'precipitation_inches'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'visibility_miles' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end as value from `demo`.`azekura_features`.`feat_airport__weather_v1`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 1
                and feature_name = 'visibility_miles'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'temperature_celsius' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end as value from `demo`.`azekura_features`.`feat_airport__weather_v2`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 2
                and feature_name = 'temperature_celsius'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'humidity_percent' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end as value from `demo`.`azekura_features`.`feat_airport__weather_v2`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 2
                and feature_name = 'humidity_percent'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'wind_speed_kmh' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end as value from `demo`.`azekura_features`.`feat_airport__weather_v2`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 2
                and feature_name = 'wind_speed_kmh'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'precipitation_mm' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end as value from `demo`.`azekura_features`.`feat_airport__weather_v2`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 2
                and feature_name = 'precipitation_mm'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'visibility_km' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end as value from `demo`.`azekura_features`.`feat_airport__weather_v2`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_airport__weather'
                and view_version = 2
                and feature_name = 'visibility_km'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'flights_count_7d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select cast(`flights_count_7d` as FLOAT64) as value from `demo`.`azekura_features`.`feat_carrier__punctuality`) as given
        cross join (
            select minimum, ceil((maximum - minimum + 1) / 40) as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_carrier__punctuality'
                and view_version = 1
                and feature_name = 'flights_count_7d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_7d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end as value from `demo`.`azekura_features`.`feat_carrier__punctuality`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_carrier__punctuality'
                and view_version = 1
                and feature_name = 'late_departure_rate_7d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_7d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end as value from `demo`.`azekura_features`.`feat_carrier__punctuality`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_carrier__punctuality'
                and view_version = 1
                and feature_name = 'departure_delay_minutes_mean_7d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'cancelled_rate_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end as value from `demo`.`azekura_features`.`feat_carrier__punctuality`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_carrier__punctuality'
                and view_version = 1
                and feature_name = 'cancelled_rate_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end as value from `demo`.`azekura_features`.`feat_carrier__punctuality`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_carrier__punctuality'
                and view_version = 1
                and feature_name = 'late_departure_rate_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'flights_count_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select cast(`flights_count_28d` as FLOAT64) as value from `demo`.`azekura_features`.`feat_route__history`) as given
        cross join (
            select minimum, ceil((maximum - minimum + 1) / 40) as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_route__history'
                and view_version = 1
                and feature_name = 'flights_count_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'late_arrival_rate_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end as value from `demo`.`azekura_features`.`feat_route__history`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_route__history'
                and view_version = 1
                and feature_name = 'late_arrival_rate_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'arrival_delay_minutes_mean_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end as value from `demo`.`azekura_features`.`feat_route__history`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_route__history'
                and view_version = 1
                and feature_name = 'arrival_delay_minutes_mean_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'air_time_minutes_mean_28d' as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as string) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as bigint),
                39
            ), 0) as bucket_number
        from (select case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end as value from `demo`.`azekura_features`.`feat_route__history`) as given
        cross join (
            select minimum, (maximum - minimum) / 40 as width
            from `demo`.`azekura_catalogue`.`feature_statistics`
            where
                view_name = 'feat_route__history'
                and view_version = 1
                and feature_name = 'air_time_minutes_mean_28d'
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
) as counted

)

select
    view_name,
    view_version,
    feature_name,
    bucket_number,
    low,
    high,
    category,
    rows_count
from counted
