-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

measured as (

    select * from (
    select
        model_name,
        'mean_absolute_error' as metric,
        cast(`mean_absolute_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'mean_squared_error' as metric,
        cast(`mean_squared_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'mean_squared_log_error' as metric,
        cast(`mean_squared_log_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'median_absolute_error' as metric,
        cast(`median_absolute_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'r2_score' as metric,
        cast(`r2_score` as FLOAT64) as value,
        cast(0.95 as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'explained_variance' as metric,
        cast(`explained_variance` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_air_time__evaluation`
    union all
    select
        model_name,
        'davies_bouldin_index' as metric,
        cast(`davies_bouldin_index` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(1.2 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_airport_segments__evaluation`
    union all
    select
        model_name,
        'mean_squared_distance' as metric,
        cast(`mean_squared_distance` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(1.6 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_airport_segments__evaluation`
    union all
    select
        model_name,
        'held_out_davies_bouldin_index' as metric,
        cast(`held_out_davies_bouldin_index` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_airport_segments__evaluation`
    union all
    select
        model_name,
        'held_out_mean_squared_distance' as metric,
        cast(`held_out_mean_squared_distance` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(2.5 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_airport_segments__evaluation`
    union all
    select
        model_name,
        'kept_segment_rate' as metric,
        cast(`kept_segment_rate` as FLOAT64) as value,
        cast(0.7 as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_airport_segments__evaluation`
    union all
    select
        model_name,
        'precision' as metric,
        cast(`precision` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'recall' as metric,
        cast(`recall` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'accuracy' as metric,
        cast(`accuracy` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'f1_score' as metric,
        cast(`f1_score` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'log_loss' as metric,
        cast(`log_loss` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(1.45 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'roc_auc' as metric,
        cast(`roc_auc` as FLOAT64) as value,
        cast(0.7 as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_delay_band__evaluation`
    union all
    select
        model_name,
        'mean_absolute_error' as metric,
        cast(`mean_absolute_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'mean_squared_error' as metric,
        cast(`mean_squared_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'root_mean_squared_error' as metric,
        cast(`root_mean_squared_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'mean_absolute_percentage_error' as metric,
        cast(`mean_absolute_percentage_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(10 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'symmetric_mean_absolute_percentage_error' as metric,
        cast(`symmetric_mean_absolute_percentage_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'mean_absolute_scaled_error' as metric,
        cast(`mean_absolute_scaled_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'naive_mean_absolute_error' as metric,
        cast(`naive_mean_absolute_error` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'mean_absolute_error_to_naive' as metric,
        cast(`mean_absolute_error_to_naive` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(0.95 as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'coverage' as metric,
        cast(`coverage` as FLOAT64) as value,
        cast(0.8 as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_departures_forecast__evaluation`
    union all
    select
        model_name,
        'precision' as metric,
        cast(`precision` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
    union all
    select
        model_name,
        'recall' as metric,
        cast(`recall` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
    union all
    select
        model_name,
        'accuracy' as metric,
        cast(`accuracy` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
    union all
    select
        model_name,
        'f1_score' as metric,
        cast(`f1_score` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
    union all
    select
        model_name,
        'log_loss' as metric,
        cast(`log_loss` as FLOAT64) as value,
        cast(null as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
    union all
    select
        model_name,
        'roc_auc' as metric,
        cast(`roc_auc` as FLOAT64) as value,
        cast(0.7 as FLOAT64) as floor,
        cast(null as FLOAT64) as ceiling
    from `demo`.`azekura_ml`.`ml_late_arrival__evaluation`
) as measured

)

select
    model_name,
    metric,
    value,
    floor,
    ceiling
from measured
