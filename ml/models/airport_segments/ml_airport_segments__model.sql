{{ config(materialized='ml_model', meta={'ml': {
    'model_type': 'kmeans',
    'num_clusters': 5,
    'kmeans_init_method': 'custom',
    'kmeans_init_col': 'is_archetype',
    'max_iterations': 50,
    'min_rel_progress': 0.0001,
}}) }}

select
    flights_per_day_log,
    distance_miles_mean,
    late_arrival_rate,
    evening_departure_rate,
    -- where the centroids start: from the same airports every time, on both engines
    airport_code in ('ATL', 'LAX', 'OKC', 'ROC', 'SRQ') as is_archetype
from {{ ref('ml_airport_segments__training_set') }}
where has_enough_flights and not is_evaluation
