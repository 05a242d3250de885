select * from {{ bigquery__ml_generate_embedding('`demo`.`azekura_ml`.`ml_flight__components`', '`demo`.`marts`.`flights`') }} as embedded
