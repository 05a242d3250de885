select * from {{ ml_roc_curve('`demo`.`azekura_ml`.`ml_late_arrival__model`', '`demo`.`marts`.`flights`', thresholds=[0.2, 0.5]) }} as asked
