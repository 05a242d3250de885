select * from ml.validate_data_skew(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (select * from `demo`.`marts`.`flights`),
    struct('JENSEN_SHANNON_DIVERGENCE' as categorical_metric_type, array<struct<string, float64>>[('distance_miles', 0.1), ('carrier_code', 0.2)] as thresholds)
) as skew
