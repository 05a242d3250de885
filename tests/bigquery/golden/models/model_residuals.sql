-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

counted as (

    select * from (
    select
        'ml_air_time__model' as model_name,
        predicted_from + predicted_cell * predicted_width as predicted_low,
        predicted_from + (predicted_cell + 1) * predicted_width as predicted_high,
        residual_from + residual_cell * residual_width as residual_low,
        residual_from + (residual_cell + 1) * residual_width as residual_high,
        count(*) as rows_count
    from (
        select
            ranges.*,
            coalesce(
        greatest(least(cast(floor((given.predicted - ranges.predicted_from) / nullif(ranges.predicted_width, 0)) as bigint), 31), 0),
        0
    ) as predicted_cell,
            coalesce(
        greatest(least(cast(floor((given.residual - ranges.residual_from) / nullif(ranges.residual_width, 0)) as bigint), 31), 0),
        0
    ) as residual_cell
        from (select `predicted_air_time_minutes` as predicted, `air_time_minutes` - `predicted_air_time_minutes` as residual
    from `demo`.`azekura_ml`.`ml_air_time__predictions`
    where `air_time_minutes` is not null and `predicted_air_time_minutes` is not null) as given
        cross join (
            select
                min(predicted) as predicted_from,
                (max(predicted) - min(predicted)) / 32 as predicted_width,
                avg(residual) - 4 * stddev_pop(residual) as residual_from,
                8 * stddev_pop(residual) / 32 as residual_width
            from (select `predicted_air_time_minutes` as predicted, `air_time_minutes` - `predicted_air_time_minutes` as residual
    from `demo`.`azekura_ml`.`ml_air_time__predictions`
    where `air_time_minutes` is not null and `predicted_air_time_minutes` is not null) as measured
        ) as ranges
    ) as numbered
    group by predicted_from, predicted_width, residual_from, residual_width, predicted_cell, residual_cell
) as counted

)

select
    model_name,
    predicted_low,
    predicted_high,
    residual_low,
    residual_high,
    rows_count
from counted
