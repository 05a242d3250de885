select * from ml.detect_anomalies(
    model `demo`.`azekura_ml`.`ml_flight__clusters`,
    struct(0.0 as contamination),
    (
select 1089 as distance_miles
        )
) as flights
