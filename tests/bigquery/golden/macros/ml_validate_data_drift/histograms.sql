select * from ml.validate_data_drift(
    (select * from `demo`.`marts`.`base`),
    (select * from `demo`.`marts`.`study`),
    struct(0.3 as numerical_default_threshold, 0.3 as categorical_default_threshold, 'JENSEN_SHANNON_DIVERGENCE' as categorical_metric_type, array<struct<string, float64>>[('distance_miles', 0.1)] as thresholds, 20 as num_histogram_buckets, 100 as num_rank_histogram_buckets)
) as drift
