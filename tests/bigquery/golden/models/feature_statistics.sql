-- built after those the freshness names, which are all feature views
-- depends_on: `demo`.`azekura_catalogue`.`feature_freshness`
with

measured as (

    select * from (
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_1h' as feature_name,
        count(*) as rows_count,
        count(*) - count(`departures_count_1h`) as nulls_count,
        count(distinct `departures_count_1h`) as distinct_count,
        min(cast(`departures_count_1h` as FLOAT64)) as minimum,
        max(cast(`departures_count_1h` as FLOAT64)) as maximum,
        avg(cast(`departures_count_1h` as FLOAT64)) as mean,
        stddev_samp(cast(`departures_count_1h` as FLOAT64)) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departures_count_3h' as feature_name,
        count(*) as rows_count,
        count(*) - count(`departures_count_3h`) as nulls_count,
        count(distinct `departures_count_3h`) as distinct_count,
        min(cast(`departures_count_3h` as FLOAT64)) as minimum,
        max(cast(`departures_count_3h` as FLOAT64)) as maximum,
        avg(cast(`departures_count_3h` as FLOAT64)) as mean,
        stddev_samp(cast(`departures_count_3h` as FLOAT64)) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'cancelled_count_3h' as feature_name,
        count(*) as rows_count,
        count(*) - count(`cancelled_count_3h`) as nulls_count,
        count(distinct `cancelled_count_3h`) as distinct_count,
        min(cast(`cancelled_count_3h` as FLOAT64)) as minimum,
        max(cast(`cancelled_count_3h` as FLOAT64)) as maximum,
        avg(cast(`cancelled_count_3h` as FLOAT64)) as mean,
        stddev_samp(cast(`cancelled_count_3h` as FLOAT64)) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_3h' as feature_name,
        count(*) as rows_count,
        count(*) - count(`late_departure_rate_3h`) as nulls_count,
        count(distinct `late_departure_rate_3h`) as distinct_count,
        min(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end) as minimum,
        max(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end) as maximum,
        avg(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end) as mean,
        stddev_samp(case when abs(`late_departure_rate_3h`) <= 1.7976931348623157e308 then `late_departure_rate_3h` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__traffic' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_3h' as feature_name,
        count(*) as rows_count,
        count(*) - count(`departure_delay_minutes_mean_3h`) as nulls_count,
        count(distinct `departure_delay_minutes_mean_3h`) as distinct_count,
        min(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end) as minimum,
        max(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end) as maximum,
        avg(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end) as mean,
        stddev_samp(case when abs(`departure_delay_minutes_mean_3h`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_3h` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__traffic`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'temperature_fahrenheit' as feature_name,
        count(*) as rows_count,
        count(*) - count(`temperature_fahrenheit`) as nulls_count,
        count(distinct `temperature_fahrenheit`) as distinct_count,
        min(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end) as minimum,
        max(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end) as maximum,
        avg(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end) as mean,
        stddev_samp(case when abs(`temperature_fahrenheit`) <= 1.7976931348623157e308 then `temperature_fahrenheit` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'humidity_percent' as feature_name,
        count(*) as rows_count,
        count(*) - count(`humidity_percent`) as nulls_count,
        count(distinct `humidity_percent`) as distinct_count,
        min(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as minimum,
        max(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as maximum,
        avg(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as mean,
        stddev_samp(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'wind_speed_mph' as feature_name,
        count(*) as rows_count,
        count(*) - count(`wind_speed_mph`) as nulls_count,
        count(distinct `wind_speed_mph`) as distinct_count,
        min(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end) as minimum,
        max(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end) as maximum,
        avg(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end) as mean,
        stddev_samp(case when abs(`wind_speed_mph`) <= 1.7976931348623157e308 then `wind_speed_mph` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'precipitation_inches' as feature_name,
        count(*) as rows_count,
        count(*) - count(`precipitation_inches`) as nulls_count,
        count(distinct `precipitation_inches`) as distinct_count,
        min(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end) as minimum,
        max(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end) as maximum,
        avg(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end) as mean,
        stddev_samp(case when abs(`precipitation_inches`) <= 1.7976931348623157e308 then `precipitation_inches` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(1 as bigint) as view_version, 'visibility_miles' as feature_name,
        count(*) as rows_count,
        count(*) - count(`visibility_miles`) as nulls_count,
        count(distinct `visibility_miles`) as distinct_count,
        min(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end) as minimum,
        max(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end) as maximum,
        avg(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end) as mean,
        stddev_samp(case when abs(`visibility_miles`) <= 1.7976931348623157e308 then `visibility_miles` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v1`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'temperature_celsius' as feature_name,
        count(*) as rows_count,
        count(*) - count(`temperature_celsius`) as nulls_count,
        count(distinct `temperature_celsius`) as distinct_count,
        min(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end) as minimum,
        max(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end) as maximum,
        avg(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end) as mean,
        stddev_samp(case when abs(`temperature_celsius`) <= 1.7976931348623157e308 then `temperature_celsius` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'humidity_percent' as feature_name,
        count(*) as rows_count,
        count(*) - count(`humidity_percent`) as nulls_count,
        count(distinct `humidity_percent`) as distinct_count,
        min(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as minimum,
        max(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as maximum,
        avg(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as mean,
        stddev_samp(case when abs(`humidity_percent`) <= 1.7976931348623157e308 then `humidity_percent` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'wind_speed_kmh' as feature_name,
        count(*) as rows_count,
        count(*) - count(`wind_speed_kmh`) as nulls_count,
        count(distinct `wind_speed_kmh`) as distinct_count,
        min(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end) as minimum,
        max(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end) as maximum,
        avg(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end) as mean,
        stddev_samp(case when abs(`wind_speed_kmh`) <= 1.7976931348623157e308 then `wind_speed_kmh` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'precipitation_mm' as feature_name,
        count(*) as rows_count,
        count(*) - count(`precipitation_mm`) as nulls_count,
        count(distinct `precipitation_mm`) as distinct_count,
        min(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end) as minimum,
        max(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end) as maximum,
        avg(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end) as mean,
        stddev_samp(case when abs(`precipitation_mm`) <= 1.7976931348623157e308 then `precipitation_mm` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_airport__weather' as view_name, cast(2 as bigint) as view_version, 'visibility_km' as feature_name,
        count(*) as rows_count,
        count(*) - count(`visibility_km`) as nulls_count,
        count(distinct `visibility_km`) as distinct_count,
        min(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end) as minimum,
        max(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end) as maximum,
        avg(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end) as mean,
        stddev_samp(case when abs(`visibility_km`) <= 1.7976931348623157e308 then `visibility_km` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_airport__weather_v2`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'flights_count_7d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`flights_count_7d`) as nulls_count,
        count(distinct `flights_count_7d`) as distinct_count,
        min(cast(`flights_count_7d` as FLOAT64)) as minimum,
        max(cast(`flights_count_7d` as FLOAT64)) as maximum,
        avg(cast(`flights_count_7d` as FLOAT64)) as mean,
        stddev_samp(cast(`flights_count_7d` as FLOAT64)) as standard_deviation
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_7d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`late_departure_rate_7d`) as nulls_count,
        count(distinct `late_departure_rate_7d`) as distinct_count,
        min(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end) as minimum,
        max(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end) as maximum,
        avg(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end) as mean,
        stddev_samp(case when abs(`late_departure_rate_7d`) <= 1.7976931348623157e308 then `late_departure_rate_7d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'departure_delay_minutes_mean_7d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`departure_delay_minutes_mean_7d`) as nulls_count,
        count(distinct `departure_delay_minutes_mean_7d`) as distinct_count,
        min(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end) as minimum,
        max(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end) as maximum,
        avg(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end) as mean,
        stddev_samp(case when abs(`departure_delay_minutes_mean_7d`) <= 1.7976931348623157e308 then `departure_delay_minutes_mean_7d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'cancelled_rate_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`cancelled_rate_28d`) as nulls_count,
        count(distinct `cancelled_rate_28d`) as distinct_count,
        min(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end) as minimum,
        max(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end) as maximum,
        avg(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end) as mean,
        stddev_samp(case when abs(`cancelled_rate_28d`) <= 1.7976931348623157e308 then `cancelled_rate_28d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_carrier__punctuality' as view_name, cast(1 as bigint) as view_version, 'late_departure_rate_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`late_departure_rate_28d`) as nulls_count,
        count(distinct `late_departure_rate_28d`) as distinct_count,
        min(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end) as minimum,
        max(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end) as maximum,
        avg(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end) as mean,
        stddev_samp(case when abs(`late_departure_rate_28d`) <= 1.7976931348623157e308 then `late_departure_rate_28d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_carrier__punctuality`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'flights_count_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`flights_count_28d`) as nulls_count,
        count(distinct `flights_count_28d`) as distinct_count,
        min(cast(`flights_count_28d` as FLOAT64)) as minimum,
        max(cast(`flights_count_28d` as FLOAT64)) as maximum,
        avg(cast(`flights_count_28d` as FLOAT64)) as mean,
        stddev_samp(cast(`flights_count_28d` as FLOAT64)) as standard_deviation
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'late_arrival_rate_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`late_arrival_rate_28d`) as nulls_count,
        count(distinct `late_arrival_rate_28d`) as distinct_count,
        min(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end) as minimum,
        max(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end) as maximum,
        avg(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end) as mean,
        stddev_samp(case when abs(`late_arrival_rate_28d`) <= 1.7976931348623157e308 then `late_arrival_rate_28d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'arrival_delay_minutes_mean_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`arrival_delay_minutes_mean_28d`) as nulls_count,
        count(distinct `arrival_delay_minutes_mean_28d`) as distinct_count,
        min(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end) as minimum,
        max(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end) as maximum,
        avg(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end) as mean,
        stddev_samp(case when abs(`arrival_delay_minutes_mean_28d`) <= 1.7976931348623157e308 then `arrival_delay_minutes_mean_28d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_route__history`
    union all
    select
        'feat_route__history' as view_name, cast(1 as bigint) as view_version, 'air_time_minutes_mean_28d' as feature_name,
        count(*) as rows_count,
        count(*) - count(`air_time_minutes_mean_28d`) as nulls_count,
        count(distinct `air_time_minutes_mean_28d`) as distinct_count,
        min(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end) as minimum,
        max(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end) as maximum,
        avg(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end) as mean,
        stddev_samp(case when abs(`air_time_minutes_mean_28d`) <= 1.7976931348623157e308 then `air_time_minutes_mean_28d` end) as standard_deviation
    from `demo`.`azekura_features`.`feat_route__history`
) as measured

)

select
    view_name,
    view_version,
    feature_name,
    rows_count,
    nulls_count,
    distinct_count,
    minimum,
    maximum,
    mean,
    standard_deviation
from measured
