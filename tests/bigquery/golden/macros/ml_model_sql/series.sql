create or replace model `demo`.`azekura_ml`.`ml_flight__model`
options(
    model_type = 'ARIMA_PLUS',
    time_series_timestamp_col = 'departed_on',
    time_series_data_col = 'departures',
    auto_arima = false,
    non_seasonal_order = struct(1, 1, 1),
    include_drift = true,
    seasonalities = ['WEEKLY', 'YEARLY']
) as (
select departed_on, sum(departures) as departures from `demo`.`marts`.`daily` group by 1
)
