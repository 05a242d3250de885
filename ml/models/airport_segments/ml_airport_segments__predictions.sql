with

airports as (

    select * from {{ ref('ml_airport_segments__training_set') }}

),

with_enough_flights as (

    select * from airports
    where has_enough_flights

),

predicted as (

    select * from {{ ml_predict(ref('ml_airport_segments__model'), 'with_enough_flights') }} as predicted

),

centroids as (

    select * from {{ ml_centroids(ref('ml_airport_segments__model'), standardize=true) }} as centroids

),

words as (

    select * from {{ ref('airport_segment_words') }}

),

-- keeps the features of each centroid, the most distinctive first
ranked as (

    select
        centroids.centroid_id,
        case when centroids.numerical_value > 0 then words.word_above else words.word_below end as word,
        row_number() over (
            partition by centroids.centroid_id
            order by abs(centroids.numerical_value) desc, centroids.feature
        ) as place
    from centroids
    inner join words on centroids.feature = words.feature

),

described as (

    select
        centroid_id,
        concat(max(case when place = 1 then word end), ', ', max(case when place = 2 then word end)) as description
    from ranked
    group by centroid_id

),

numbered as (

    select
        centroid_id,
        description,
        row_number() over (partition by description order by centroid_id) as number_of_description
    from described

),

-- keeps a name for each centroid: a second one of the same description is numbered
segments as (

    select
        centroid_id as segment_id,
        case
            when number_of_description = 1 then description
            else concat(description, ' ', cast(number_of_description as {{ dbt.type_string() }}))
        end as segment_name
    from numbered

),

named as (

    select
        predicted.airport_code,
        predicted.is_evaluation,
        segments.segment_id,
        segments.segment_name
    from predicted
    inner join segments on predicted.centroid_id = segments.segment_id

),

listed as (

    select
        airport_code,
        airport_name
    from {{ ref('dim_airport') }}

),

-- keeps every airport; one with too few flights is in a segment of its own
final as (

    select
        airports.airport_code,
        listed.airport_name,
        airports.flights_count,
        airports.flights_per_day,
        airports.distance_miles_mean,
        airports.late_arrival_rate,
        airports.evening_departure_rate,
        earlier.segment_id,
        coalesce(earlier.segment_name, 'too few flights') as segment_name,
        later.segment_id as held_out_segment_id,
        coalesce(later.segment_name, 'too few flights') as held_out_segment_name
    from airports
    left join listed on airports.airport_code = listed.airport_code
    left join named as earlier
        on
            airports.airport_code = earlier.airport_code
            and not earlier.is_evaluation
    left join named as later
        on
            airports.airport_code = later.airport_code
            and later.is_evaluation
    where not airports.is_evaluation

)

select
    airport_code,
    airport_name,
    flights_count,
    flights_per_day,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate,
    segment_id,
    segment_name,
    held_out_segment_id,
    held_out_segment_name
from final
