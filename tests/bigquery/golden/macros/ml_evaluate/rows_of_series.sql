select departed_on, forecasted_departures, lower_bound, absolute_error from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    (select * from `demo`.`marts`.`daily`),
    struct(false as perform_aggregation, 14 as horizon, 0.8 as confidence_level)
) as evaluation
