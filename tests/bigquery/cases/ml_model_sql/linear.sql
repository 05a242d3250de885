{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_air_time__model`', {
    'model_type': 'LINEAR_REG',
    'input_label_cols': ['air_time_minutes'],
}, 'select distance_miles, air_time_minutes from `demo`.`marts`.`flights`') }}
