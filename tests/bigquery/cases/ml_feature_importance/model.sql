select * from {{ bigquery__ml_feature_importance('`demo`.`azekura_ml`.`ml_flight__trees`') }} as asked
