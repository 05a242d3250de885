with

-- keeps the flights the model has not seen
flights as (

    select * from {{ ref('ml_delay_band__training_set') }}
    where is_evaluation

),

predicted as (

    select * from {{ ml_predict(ref('ml_delay_band__model_boosted_tree'), 'flights') }} as predicted

)

select
    flight_id,
    flight_date,
    predicted_at,
    predicted_delay_band,
    {{ ml_probability_of('predicted_delay_band_probs', "'on_time'") }} as on_time_probability,
    {{ ml_probability_of('predicted_delay_band_probs', "'late'") }} as late_probability,
    {{ ml_probability_of('predicted_delay_band_probs', "'very_late'") }} as very_late_probability,
    delay_band
from predicted
