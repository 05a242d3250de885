select * from {{ ml_weights('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
