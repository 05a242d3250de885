select * from ml.features_at_time(
    (
select carrier_code as entity_id, predicted_at as feature_timestamp, distance_miles from `demo`.`marts`.`flights`
        ),
    num_rows => 1,
    ignore_feature_nulls => false
) as states
