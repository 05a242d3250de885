select * from ml.describe_data(
    (select * from `demo`.`marts`.`flights`),
    struct(2 as num_quantiles, 10 as num_array_length_quantiles, 1 as top_k)
) as described
