select * from {{ ml_feature_info('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
