select * from {{ ml_describe_data(
    'select carrier_code, distance_miles from `demo`.`marts`.`flights`',
    num_quantiles=4,
    top_k=3
) }} as described
