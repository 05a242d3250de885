select * from {{ ml_explain_predict('`demo`.`azekura_ml`.`ml_late_arrival__model`', 'select 1089 as distance_miles', top_k_features=3, threshold=0.3, approx_feature_contrib=true) }} as asked
