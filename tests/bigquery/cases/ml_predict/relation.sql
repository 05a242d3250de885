select * from {{ ml_predict('`demo`.`ml`.`air_time`', '`demo`.`marts`.`flights`') }} as predicted
