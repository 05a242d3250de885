select * from {{ ml_evaluate('`demo`.`ml`.`air_time`') }} as evaluation
