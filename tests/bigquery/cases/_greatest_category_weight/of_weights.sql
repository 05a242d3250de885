select {{ _greatest_category_weight('category_weights') }} as greatest from {{ ml_weights('`demo`.`azekura_ml`.`ml_late_arrival__model`') }} as weights
