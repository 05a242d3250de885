select * from {{ ml_predict('`demo`.`azekura_ml`.`ml_late_arrival__model`', 'select * from `demo`.`marts`.`flights`', threshold=0.3) }} as predicted
