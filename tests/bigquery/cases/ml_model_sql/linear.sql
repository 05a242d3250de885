{{ bigquery__ml_model_sql('`demo`.`ml`.`air_time`', {
    'model_type': 'LINEAR_REG',
    'input_label_cols': ['air_time_minutes'],
}, 'select distance_miles, air_time_minutes from `demo`.`marts`.`flights`') }}
