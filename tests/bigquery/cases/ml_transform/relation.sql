select * from {{ bigquery__ml_transform('`demo`.`azekura_ml`.`ml_flight__transformed`', '`demo`.`marts`.`flights`') }} as transformed
