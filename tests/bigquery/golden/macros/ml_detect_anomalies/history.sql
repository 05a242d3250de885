select origin_airport_code, departed_on, departures, is_anomaly from ml.detect_anomalies(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    struct(0.99 as anomaly_prob_threshold)
) as flights
