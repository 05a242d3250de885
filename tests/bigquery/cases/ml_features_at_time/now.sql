select * from {{ ml_features_at_time(
    'select carrier_code as entity_id, predicted_at as feature_timestamp, distance_miles from `demo`.`marts`.`flights`'
) }} as states
