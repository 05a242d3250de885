select * from {{ ml_explain_predict('`demo`.`azekura_ml`.`ml_late_arrival__model`', 'select * from `demo`.`marts`.`flights`', top_k_features=3, threshold=0.3, approx_feature_contrib=true) }} as asked
