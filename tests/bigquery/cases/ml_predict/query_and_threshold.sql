select * from {{ ml_predict('`demo`.`azekura_ml`.`ml_late_arrival__model`', 'select 1089 as distance_miles', threshold=0.3) }} as predicted
