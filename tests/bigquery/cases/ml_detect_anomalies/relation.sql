select * from {{ bigquery__ml_detect_anomalies('`demo`.`azekura_ml`.`ml_flight__clusters`', '`demo`.`marts`.`flights`', {'contamination': 0.1}) }} as flights
