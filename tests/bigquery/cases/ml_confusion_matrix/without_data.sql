select * from {{ ml_confusion_matrix('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
