{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_air_time__model`', {
    'model_type': 'LINEAR_REG',
    'input_label_cols': ['air_time_minutes'],
    'data_split_method': 'SEQ',
    'data_split_col': 'flight_date',
    'data_split_eval_fraction': 0.2,
    'optimize_strategy': 'BATCH_GRADIENT_DESCENT',
    'max_iterations': 50,
    'min_rel_progress': 0.00001,
    'l2_reg': 1,
    'early_stop': false,
}, 'select flight_date, distance_miles, air_time_minutes from `demo`.`marts`.`flights`') }}
