with

trained as (

    select * from {{ model_rows(
        evaluations=[
            ref('ml_air_time__evaluation'),
            ref('ml_airport_segments__evaluation'),
            ref('ml_delay_band__evaluation'),
            ref('ml_departures_forecast__evaluation'),
            ref('ml_late_arrival__evaluation'),
        ],
        predictions=[
            ref('ml_air_time__predictions'),
            ref('ml_airport_segments__predictions'),
            ref('ml_delay_band__predictions'),
            ref('ml_departures_forecast__predictions'),
            ref('ml_late_arrival__predictions'),
        ]
    ) }} as trained

)

select
    model_name,
    use_case,
    model_type,
    label,
    description,
    owner,
    tags,
    trained_at,
    rows_count,
    training_set,
    service,
    evaluation,
    predictions,
    relation_name
from trained
