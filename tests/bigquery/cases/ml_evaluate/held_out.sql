select * from {{ ml_evaluate('`demo`.`azekura_ml`.`ml_air_time__model`') }} as evaluation
