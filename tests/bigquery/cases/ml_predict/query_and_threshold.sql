select * from {{ ml_predict('`demo`.`ml`.`late_arrival`', 'select 1089 as distance_miles', threshold=0.3) }} as predicted
