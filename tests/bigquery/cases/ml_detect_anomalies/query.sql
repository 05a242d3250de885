select * from {{ bigquery__ml_detect_anomalies('`demo`.`azekura_ml`.`ml_flight__clusters`', 'select 1089 as distance_miles', {'contamination': 0}) }} as flights
