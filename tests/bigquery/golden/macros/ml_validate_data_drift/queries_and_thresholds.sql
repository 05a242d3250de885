select * from ml.validate_data_drift(
    (
select 1 as distance_miles
        ),
    (
select 2 as distance_miles
        ),
    struct(0.1 as numerical_default_threshold, 0.2 as categorical_default_threshold)
) as drift
