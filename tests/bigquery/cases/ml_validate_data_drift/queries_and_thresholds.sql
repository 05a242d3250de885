select * from {{ ml_validate_data_drift(
    'select 1 as distance_miles',
    'select 2 as distance_miles',
    numerical_default_threshold=0.1,
    categorical_default_threshold=0.2
) }} as drift
