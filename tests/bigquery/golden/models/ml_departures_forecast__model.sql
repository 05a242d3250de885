create or replace model `demo`.`azekura_ml`.`ml_departures_forecast__model`
options(
    model_type = 'ARIMA_PLUS',
    data_frequency = 'DAILY',
    horizon = 21,
    time_series_data_col = 'departures_count',
    time_series_id_col = ['origin_airport_code', 'forecast_from'],
    time_series_timestamp_col = 'departure_date'
) as (


select
    origin_airport_code,
    -- a date tells no series apart on BigQuery, its text does
    cast(forecast_from as string) as forecast_from,
    departure_date,
    departures_count
from `demo`.`azekura_ml`.`ml_departures_forecast__training_set`
where not is_evaluation
)
