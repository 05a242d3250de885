with

days as (

    select
        origin_airport_code,
        cast(forecast_from as string) as forecast_from,
        departure_date,
        departures_count,
        is_evaluation
    from `demo`.`azekura_ml`.`ml_departures_forecast__training_set`

),

-- keeps what happened in the 14 days of each forecast
held_out as (

    select
        origin_airport_code,
        forecast_from,
        departure_date,
        departures_count
    from days
    where is_evaluation

),

measured as (

    select * from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_departures_forecast__model`,
    (select * from held_out),
    struct(14 as horizon)
) as measured

),

bounds as (

    select * from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_departures_forecast__model`,
    (select * from held_out),
    struct(false as perform_aggregation, 14 as horizon, 0.95 as confidence_level)
) as bounds

),

covered as (

    select count(case when departures_count between lower_bound and upper_bound then 1 end) / nullif(count(*), 0) as coverage
    from bounds

),

-- keeps what someone would say who repeats the last week
naive as (

    select avg(abs(held_out.departures_count - known.departures_count)) as mean_absolute_error
    from held_out
    inner join days as known
        on
            held_out.origin_airport_code = known.origin_airport_code
            and held_out.forecast_from = known.forecast_from
            and not known.is_evaluation
            and (
                held_out.departure_date = date_add(known.departure_date, interval 7 day)
                or held_out.departure_date = date_add(known.departure_date, interval 14 day)
            )
    where cast(known.departure_date as string) >= cast(
        date_add(cast(known.forecast_from as date), interval -7 day) as string
    )

),

averaged as (

    select
        avg(mean_absolute_error) as mean_absolute_error,
        avg(mean_squared_error) as mean_squared_error,
        sqrt(avg(mean_squared_error)) as root_mean_squared_error,
        avg(mean_absolute_percentage_error) as mean_absolute_percentage_error,
        avg(symmetric_mean_absolute_percentage_error) as symmetric_mean_absolute_percentage_error,
        avg(mean_absolute_scaled_error) as mean_absolute_scaled_error
    from measured

)

select
    'ml_departures_forecast__model' as model_name,
    averaged.mean_absolute_error,
    averaged.mean_squared_error,
    averaged.root_mean_squared_error,
    averaged.mean_absolute_percentage_error,
    averaged.symmetric_mean_absolute_percentage_error,
    averaged.mean_absolute_scaled_error,
    naive.mean_absolute_error as naive_mean_absolute_error,
    averaged.mean_absolute_error / nullif(naive.mean_absolute_error, 0) as mean_absolute_error_to_naive,
    covered.coverage
from averaged
cross join naive
cross join covered
