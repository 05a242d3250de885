-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

forecast as (

    select * from {{ model_forecast_rows() }} as forecast

)

select
    model_name,
    series,
    moment,
    is_forecast,
    value,
    predicted,
    lower_bound,
    upper_bound,
    is_anomaly,
    trend,
    seasonal,
    residual
from forecast
