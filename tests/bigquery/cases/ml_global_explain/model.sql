select * from {{ bigquery__ml_global_explain('`demo`.`azekura_ml`.`ml_flight__explained`', false) }} as asked
