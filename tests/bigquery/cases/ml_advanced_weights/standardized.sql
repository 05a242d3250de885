select * from {{ bigquery__ml_advanced_weights('`demo`.`azekura_ml`.`ml_flight__explained`', true) }} as asked
