select * from ml.features_at_time(
    (
select carrier_code as entity_id, predicted_at as feature_timestamp, distance_miles from `demo`.`marts`.`flights`
        ),
    time => timestamp '2013-06-14 00:00:00+00',
    num_rows => 2,
    ignore_feature_nulls => true
) as states
