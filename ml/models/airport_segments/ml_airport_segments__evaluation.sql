with

airports as (

    select * from {{ ref('ml_airport_segments__training_set') }}
    where has_enough_flights

),

-- keeps the airports by their flights held out in time
held_out as (

    select * from airports
    where is_evaluation

),

trained as (

    select * from {{ ml_evaluate(ref('ml_airport_segments__model')) }} as trained

),

later as (

    select * from {{ ml_evaluate(ref('ml_airport_segments__model'), 'held_out') }} as later

),

predicted as (

    select * from {{ ml_predict(ref('ml_airport_segments__model'), 'airports') }} as predicted

),

-- keeps the airports that have a segment in both times
compared as (

    select
        count(*) as airports_count,
        count(case when earlier.centroid_id = later.centroid_id then 1 end) as kept_count
    from predicted as earlier
    inner join predicted as later
        on
            earlier.airport_code = later.airport_code
            and not earlier.is_evaluation
            and later.is_evaluation

)

select
    'ml_airport_segments__model' as model_name,
    trained.davies_bouldin_index,
    trained.mean_squared_distance,
    later.davies_bouldin_index as held_out_davies_bouldin_index,
    later.mean_squared_distance as held_out_mean_squared_distance,
    compared.kept_count / nullif(compared.airports_count, 0) as kept_segment_rate
from trained
cross join later
cross join compared
