select * from {{ ml_predict('`demo`.`azekura_ml`.`ml_air_time__model`', '`demo`.`marts`.`flights`') }} as predicted
