with

-- keeps the day from which the newest forecast is
newest as (

    select cast(max(forecast_from) as string) as forecast_from
    from `demo`.`azekura_ml`.`ml_departures_forecast__training_set`

),

explained as (

    select * from ml.explain_forecast(
    model `demo`.`azekura_ml`.`ml_departures_forecast__model`,
    struct(14 as horizon, 0.95 as confidence_level)
) as explained

),

judged as (

    select * from ml.detect_anomalies(
    model `demo`.`azekura_ml`.`ml_departures_forecast__model`,
    struct(0.999 as anomaly_prob_threshold)
) as judged

),

-- keeps the history and the next 14 days of each origin airport
final as (

    select
        explained.origin_airport_code,
        cast(explained.time_series_timestamp as date) as departure_date,
        explained.time_series_type = 'forecast' as is_forecast,
        case when explained.time_series_type = 'history' then explained.time_series_data end as departures_count,
        case
            when explained.time_series_type = 'history' then (judged.lower_bound + judged.upper_bound) / 2
            else explained.time_series_data
        end as predicted_departures_count,
        coalesce(explained.prediction_interval_lower_bound, judged.lower_bound) as lower_bound,
        coalesce(explained.prediction_interval_upper_bound, judged.upper_bound) as upper_bound,
        judged.anomaly_probability,
        judged.is_anomaly,
        explained.trend,
        explained.seasonal_period_weekly,
        explained.spikes_and_dips,
        explained.step_changes,
        explained.residual
    from explained
    inner join newest on explained.forecast_from = newest.forecast_from
    left join judged
        on
            explained.origin_airport_code = judged.origin_airport_code
            and explained.forecast_from = judged.forecast_from
            and explained.time_series_timestamp = judged.departure_date
            and explained.time_series_type = 'history'

)

select
    origin_airport_code,
    departure_date,
    is_forecast,
    departures_count,
    predicted_departures_count,
    lower_bound,
    upper_bound,
    anomaly_probability,
    is_anomaly,
    trend,
    seasonal_period_weekly,
    spikes_and_dips,
    step_changes,
    residual
from final
