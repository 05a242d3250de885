select * from {{ ml_explain_predict('`demo`.`azekura_ml`.`ml_late_arrival__model`', '`demo`.`marts`.`flights`') }} as asked
