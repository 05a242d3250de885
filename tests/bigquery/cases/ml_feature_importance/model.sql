select * from {{ bigquery__ml_feature_importance('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as asked
