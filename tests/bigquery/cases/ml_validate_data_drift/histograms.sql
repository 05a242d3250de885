select * from {{ ml_validate_data_drift(
    '`demo`.`marts`.`base`',
    '`demo`.`marts`.`study`',
    categorical_metric_type='JENSEN_SHANNON_DIVERGENCE',
    thresholds={'distance_miles': 0.1},
    num_histogram_buckets=20,
    num_rank_histogram_buckets=100
) }} as drift
