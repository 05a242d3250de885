select * from {{ feature_drift(
    '`demo`.`marts`.`base`',
    '`demo`.`marts`.`study`',
    numbers={'distance_miles': [500, 1000.5]}
) }} as drift
