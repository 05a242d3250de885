-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

forecast as (

    select * from (select
        'ml_departures_forecast__model' as model_name,
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
    from (
        select
            points.*,
            dense_rank() over (order by series) as series_number
        from (
    select
        concat(cast(`origin_airport_code` as string)) as series,
        cast(`departure_date` as timestamp) as moment,
        is_forecast,
        cast(`departures_count` as FLOAT64) as value,
        `predicted_departures_count` as predicted,
        lower_bound,
        upper_bound,
        is_anomaly,
        trend,
        coalesce(seasonal_period_weekly, 0) as seasonal,
        residual
    from `demo`.`azekura_ml`.`ml_departures_forecast__predictions`
        ) as points
    ) as numbered
    where series_number <= 12
) as forecast

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
