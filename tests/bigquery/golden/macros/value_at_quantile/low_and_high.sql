select approx_quantiles(distance_miles, 100)[safe_offset(5)] as low, approx_quantiles(distance_miles, 100)[safe_offset(95)] as high from `demo`.`marts`.`flights`
