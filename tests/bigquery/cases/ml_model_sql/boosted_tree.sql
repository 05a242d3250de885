{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_air_time__model`', {
    'model_type': 'BOOSTED_TREE_REGRESSOR',
    'input_label_cols': ['air_time_minutes'],
    'booster_type': 'DART',
    'dropout': 0.1,
    'max_tree_depth': 8,
    'category_encoding_method': 'TARGET_ENCODING',
    'instance_weight_col': 'flights_count',
    'xgboost_version': '0.9',
}, 'select distance_miles, flights_count, air_time_minutes from `demo`.`marts`.`flights`') }}
