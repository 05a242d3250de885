with

-- keeps the flights the model has not seen
flights as (

    select * from `demo`.`azekura_ml`.`ml_delay_band__training_set`
    where is_evaluation

),

predicted as (

    select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree`,
    (select * from flights)
) as predicted

)

select
    flight_id,
    flight_date,
    predicted_at,
    predicted_delay_band,
    (select class.prob from unnest(predicted_delay_band_probs) as class where class.label = 'on_time') as on_time_probability,
    (select class.prob from unnest(predicted_delay_band_probs) as class where class.label = 'late') as late_probability,
    (select class.prob from unnest(predicted_delay_band_probs) as class where class.label = 'very_late') as very_late_probability,
    delay_band
from predicted
