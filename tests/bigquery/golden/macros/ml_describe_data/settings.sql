select * from ml.describe_data(
    (
select carrier_code, distance_miles from `demo`.`marts`.`flights`
        ),
    struct(4 as num_quantiles, 10 as num_array_length_quantiles, 3 as top_k)
) as described
