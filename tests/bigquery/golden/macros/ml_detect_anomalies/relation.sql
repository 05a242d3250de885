select * from ml.detect_anomalies(
    model `demo`.`azekura_ml`.`ml_flight__clusters`,
    struct(0.1 as contamination),
    (select * from `demo`.`marts`.`flights`)
) as flights
