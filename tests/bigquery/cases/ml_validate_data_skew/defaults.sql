select * from {{ ml_validate_data_skew('`demo`.`azekura_ml`.`ml_late_arrival__model`', '`demo`.`marts`.`flights`') }} as skew
