select * from {{ bigquery__ml_generate_embedding('`demo`.`azekura_ml`.`ml_flight__model`', '`demo`.`marts`.`flights`') }} as embedded
