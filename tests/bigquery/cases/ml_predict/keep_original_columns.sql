select * from {{ bigquery__ml_predict('`demo`.`azekura_ml`.`ml_flight__components`', '`demo`.`marts`.`flights`', none, true) }} as predicted
