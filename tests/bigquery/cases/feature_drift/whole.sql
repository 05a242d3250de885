select * from {{ feature_drift(
    '`demo`.`marts`.`base`',
    '`demo`.`marts`.`study`',
    numbers=['distance_miles'],
    categories=['carrier_code']
) }} as drift
