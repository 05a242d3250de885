with

-- keeps the flights the model has not seen
flights as (

    select * from {{ ref('ml_late_arrival__training_set') }}
    where is_evaluation

),

predicted as (

    select * from {{ ml_predict(ref('ml_late_arrival__model_boosted_tree'), 'flights') }} as predicted

)

select
    flight_id,
    flight_date,
    predicted_at,
    predicted_is_late_arrival,
    {{ ml_probability_of('predicted_is_late_arrival_probs', 'true') }} as late_arrival_probability,
    is_late_arrival
from predicted
