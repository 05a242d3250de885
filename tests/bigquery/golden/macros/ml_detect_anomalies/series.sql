select * from ml.detect_anomalies(
    model `demo`.`azekura_ml`.`ml_flight__series`,
    struct(0.95 as anomaly_prob_threshold),
    (select * from `demo`.`marts`.`daily`)
) as flights
