select * from {{ bigquery__ml_global_explain('`demo`.`azekura_ml`.`ml_late_arrival__model`', false) }} as asked
