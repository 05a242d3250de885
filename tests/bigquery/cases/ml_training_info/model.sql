select * from {{ ml_training_info('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
