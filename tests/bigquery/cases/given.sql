-- the tables and models that cases name and the project does not make

create table `demo`.`marts`.`flights` as
select
    late_arrival.*,
    air_time.air_time_minutes,
    air_time.air_time_minutes_mean_28d,
    air_time.temperature_celsius,
    air_time.wind_speed_kmh,
    'late' as outcome,
    true as is_first_centroid,
    10 as flights_count
from `demo`.`azekura_ml`.`ml_late_arrival__training_set` as late_arrival
inner join `demo`.`azekura_ml`.`ml_air_time__training_set` as air_time
    on late_arrival.flight_id = air_time.flight_id;

create table `demo`.`marts`.`base` as
select carrier_code, distance_miles from `demo`.`marts`.`flights`;

create table `demo`.`marts`.`study` as
select carrier_code, distance_miles from `demo`.`marts`.`flights`;

create table `demo`.`marts`.`request_log`
(requested_at timestamp, view string, version int64, `keys` string, `values` string);

create model `demo`.`azekura_ml`.`ml_flight__clusters`
options(model_type = 'KMEANS', num_clusters = 4) as
select distance_miles from `demo`.`marts`.`flights`;

create model `demo`.`azekura_ml`.`ml_flight__components`
options(model_type = 'PCA', num_principal_components = 1) as
select distance_miles from `demo`.`marts`.`flights`;

create model `demo`.`azekura_ml`.`ml_flight__trees`
options(model_type = 'BOOSTED_TREE_CLASSIFIER', input_label_cols = ['outcome']) as
select distance_miles, outcome from `demo`.`marts`.`flights`;

create model `demo`.`azekura_ml`.`ml_flight__explained`
options(
    model_type = 'LOGISTIC_REG',
    input_label_cols = ['is_late_arrival'],
    category_encoding_method = 'DUMMY_ENCODING',
    calculate_p_values = true,
    enable_global_explain = true
) as
select distance_miles, is_late_arrival from `demo`.`marts`.`flights`;

create model `demo`.`azekura_ml`.`ml_flight__transformed`
transform(ml.standard_scaler(distance_miles) over () as distance, air_time_minutes)
options(model_type = 'LINEAR_REG', input_label_cols = ['air_time_minutes']) as
select distance_miles, air_time_minutes from `demo`.`marts`.`flights`;

create table `demo`.`marts`.`daily` as
select flight_date as departed_on, origin_airport_code, count(*) as departures
from `demo`.`marts`.`flights`
group by flight_date, origin_airport_code;

create model `demo`.`azekura_ml`.`ml_flight__series`
options(
    model_type = 'ARIMA_PLUS',
    time_series_timestamp_col = 'departed_on',
    time_series_data_col = 'departures',
    time_series_id_col = 'origin_airport_code',
    horizon = 30
) as
select departed_on, origin_airport_code, departures from `demo`.`marts`.`daily`;

create model `demo`.`azekura_ml`.`ml_flight__series_with_features`
options(
    model_type = 'ARIMA_PLUS_XREG',
    time_series_timestamp_col = 'departed_on',
    time_series_data_col = 'departures',
    time_series_id_col = ['origin_airport_code'],
    l2_reg = 0.1,
    holiday_region = ['US']
) as
select departed_on, origin_airport_code, departures, 1.0 as price from `demo`.`marts`.`daily`;

create external table `demo`.`lake_files`.`orders`
(order_id int64, customer string, amount float64, event_at timestamp, ingested_at timestamp)
with partition columns (ingested_date date)
options (
    format = 'ORC',
    uris = ['gs://bucket/lake/shop/orders/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/shop/orders',
    require_hive_partition_filter = true
);

create external table `demo`.`lake_files`.`order_lines` (raw_record string)
with partition columns (ingested_date date)
options (
    format = 'CSV',
    field_delimiter = '\x01',
    quote = '',
    uris = ['gs://bucket/lake/shop/order_lines/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/shop/order_lines',
    require_hive_partition_filter = true
);
