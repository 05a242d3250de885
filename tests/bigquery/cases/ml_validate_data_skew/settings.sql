select * from {{ ml_validate_data_skew(
    '`demo`.`azekura_ml`.`ml_late_arrival__model`',
    '`demo`.`marts`.`flights`',
    categorical_metric_type='jensen_shannon_divergence',
    thresholds={'distance_miles': 0.1, 'carrier_code': 0.2}
) }} as skew
