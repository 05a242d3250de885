select * from {{ bigquery__ml_advanced_weights('`demo`.`azekura_ml`.`ml_late_arrival__model`', true) }} as asked
