create or replace model `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree`
options(
    model_type = 'BOOSTED_TREE_CLASSIFIER',
    data_split_col = 'is_evaluation',
    data_split_method = 'CUSTOM',
    early_stop = false,
    input_label_cols = ['delay_band'],
    learn_rate = 0.4,
    max_iterations = 30,
    max_tree_depth = 3,
    min_tree_child_weight = 50
) as (


select
    distance_miles,
    late_departure_rate_7d,
    late_departure_rate_28d,
    cancelled_rate_28d,
    late_arrival_rate_28d,
    arrival_delay_minutes_mean_28d,
    departures_count_3h,
    late_departure_rate_3h,
    departure_delay_minutes_mean_3h,
    humidity_percent,
    wind_speed_mph,
    precipitation_inches,
    visibility_miles,
    carrier_code,
    origin_airport_code,
    departure_hour,
    departure_day_of_week,
    is_evaluation,
    delay_band
from `demo`.`azekura_ml`.`ml_delay_band__training_set`
where delay_band is not null
)
