select * from {{ bigquery__ml_predict('`demo`.`azekura_ml`.`ml_flight__model`', '`demo`.`marts`.`flights`', none, true) }} as predicted
