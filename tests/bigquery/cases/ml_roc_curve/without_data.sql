select * from {{ ml_roc_curve('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
