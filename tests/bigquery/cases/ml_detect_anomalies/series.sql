select * from {{ bigquery__ml_detect_anomalies('`demo`.`azekura_ml`.`ml_flight__series`', '`demo`.`marts`.`daily`', {'contamination': none, 'anomaly_prob_threshold': none}) }} as flights
