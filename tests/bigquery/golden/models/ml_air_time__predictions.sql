with

-- keeps the flights the model has not seen
flights as (

    select * from `demo`.`azekura_ml`.`ml_air_time__training_set`
    where is_evaluation

),

predicted as (

    select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_air_time__model`,
    (select * from flights)
) as predicted

)

select
    flight_id,
    flight_date,
    predicted_at,
    predicted_air_time_minutes,
    air_time_minutes
from predicted
