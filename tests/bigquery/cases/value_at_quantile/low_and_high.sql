select {{ value_at_quantile('distance_miles', 5) }} as low, {{ value_at_quantile('distance_miles', 95) }} as high from `demo`.`marts`.`flights`
