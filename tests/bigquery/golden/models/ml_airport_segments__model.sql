create or replace model `demo`.`azekura_ml`.`ml_airport_segments__model`
options(
    model_type = 'KMEANS',
    kmeans_init_col = 'is_archetype',
    kmeans_init_method = 'CUSTOM',
    max_iterations = 50,
    min_rel_progress = 0.0001,
    num_clusters = 5
) as (


select
    flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate,
    -- where the centroids start: from the same airports every time, on both engines
    airport_code in ('ATL', 'LAX', 'OKC', 'ROC', 'SRQ') as is_archetype
from `demo`.`azekura_ml`.`ml_airport_segments__training_set`
where has_enough_flights and not is_evaluation
)
