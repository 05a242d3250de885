{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'arima_plus',
    'time_series_timestamp_col': 'departure_date',
    'time_series_data_col': 'departures_count',
    'time_series_id_col': ['origin_airport_code', 'forecast_from'],
    'data_frequency': 'daily',
    'horizon': 21,
}}) }}

select
    origin_airport_code,
    -- a date tells no series apart on BigQuery, its text does
    cast(forecast_from as {{ dbt.type_string() }}) as forecast_from,
    departure_date,
    departures_count
from {{ ref('ml_departures_forecast__training_set') }}
where not is_evaluation
