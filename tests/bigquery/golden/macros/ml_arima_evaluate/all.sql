select origin_airport_code, aic, error_message from ml.arima_evaluate(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    struct(true as show_all_candidate_models)
) as candidates
