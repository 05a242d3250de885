with

-- keeps the flights the model has not seen
flights as (

    select * from `demo`.`azekura_ml`.`ml_late_arrival__training_set`
    where is_evaluation

),

predicted as (

    select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree`,
    (select * from flights)
) as predicted

)

select
    flight_id,
    flight_date,
    predicted_at,
    predicted_is_late_arrival,
    (select class.prob from unnest(predicted_is_late_arrival_probs) as class where class.label = true) as late_arrival_probability,
    is_late_arrival
from predicted
