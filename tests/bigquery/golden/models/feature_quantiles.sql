-- built after those the freshness names, which are all feature views
-- depends_on: `demo`.`azekura_catalogue`.`feature_freshness`
with

measured as (

    select * from (
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_1h' as feature_name,
        approx_quantiles(cast(`departures_count_1h` as FLOAT64), 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(cast(`departures_count_1h` as FLOAT64), 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(cast(`departures_count_1h` as FLOAT64), 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(cast(`departures_count_1h` as FLOAT64), 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(cast(`departures_count_1h` as FLOAT64), 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_3h' as feature_name,
        approx_quantiles(cast(`departures_count_3h` as FLOAT64), 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(cast(`departures_count_3h` as FLOAT64), 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(cast(`departures_count_3h` as FLOAT64), 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(cast(`departures_count_3h` as FLOAT64), 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(cast(`departures_count_3h` as FLOAT64), 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'cancelled_count_3h' as feature_name,
        approx_quantiles(cast(`cancelled_count_3h` as FLOAT64), 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(cast(`cancelled_count_3h` as FLOAT64), 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(cast(`cancelled_count_3h` as FLOAT64), 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(cast(`cancelled_count_3h` as FLOAT64), 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(cast(`cancelled_count_3h` as FLOAT64), 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_3h' as feature_name,
        approx_quantiles(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_3h' as feature_name,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'temperature_fahrenheit' as feature_name,
        approx_quantiles(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'humidity_percent' as feature_name,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'wind_speed_mph' as feature_name,
        approx_quantiles(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'precipitation_inches' as feature_name,
        approx_quantiles(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'visibility_miles' as feature_name,
        approx_quantiles(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'temperature_celsius' as feature_name,
        approx_quantiles(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'humidity_percent' as feature_name,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'wind_speed_kmh' as feature_name,
        approx_quantiles(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'precipitation_mm' as feature_name,
        approx_quantiles(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'visibility_km' as feature_name,
        approx_quantiles(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'flights_count_7d' as feature_name,
        approx_quantiles(cast(`flights_count_7d` as FLOAT64), 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(cast(`flights_count_7d` as FLOAT64), 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(cast(`flights_count_7d` as FLOAT64), 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(cast(`flights_count_7d` as FLOAT64), 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(cast(`flights_count_7d` as FLOAT64), 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_7d' as feature_name,
        approx_quantiles(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_7d' as feature_name,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'cancelled_rate_28d' as feature_name,
        approx_quantiles(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_28d' as feature_name,
        approx_quantiles(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'flights_count_28d' as feature_name,
        approx_quantiles(cast(`flights_count_28d` as FLOAT64), 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(cast(`flights_count_28d` as FLOAT64), 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(cast(`flights_count_28d` as FLOAT64), 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(cast(`flights_count_28d` as FLOAT64), 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(cast(`flights_count_28d` as FLOAT64), 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'late_arrival_rate_28d' as feature_name,
        approx_quantiles(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'arrival_delay_minutes_mean_28d' as feature_name,
        approx_quantiles(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'air_time_minutes_mean_28d' as feature_name,
        approx_quantiles(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end, 100)[safe_offset(5)] as quantile_05,
        approx_quantiles(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end, 100)[safe_offset(25)] as quantile_25,
        approx_quantiles(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end, 100)[safe_offset(50)] as quantile_50,
        approx_quantiles(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end, 100)[safe_offset(75)] as quantile_75,
        approx_quantiles(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end, 100)[safe_offset(95)] as quantile_95
    from `demo`.`azekura_features`.`feat_route__history`
) as measured

)

select
    view_name,
    view_version,
    feature_name,
    quantile_05,
    quantile_25,
    quantile_50,
    quantile_75,
    quantile_95
from measured
