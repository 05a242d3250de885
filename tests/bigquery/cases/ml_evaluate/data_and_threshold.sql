select * from {{ ml_evaluate('`demo`.`azekura_ml`.`ml_late_arrival__model`', '`demo`.`marts`.`flights`', threshold=0.3) }} as evaluation
