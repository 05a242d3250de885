select * from ml.entity_features_at_time(
    (
select carrier_code as entity_id, predicted_at as feature_timestamp, distance_miles from `demo`.`marts`.`flights`
        ),
    (
select carrier_code as entity_id, predicted_at as time from `demo`.`marts`.`flights`
        ),
    num_rows => 3,
    ignore_feature_nulls => false
) as states
