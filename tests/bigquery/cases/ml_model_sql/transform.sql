{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_air_time__model`', {
    'model_type': 'LINEAR_REG',
    'input_label_cols': ['air_time_minutes'],
    'transform': [
        'air_time_minutes',
        'ml.standard_scaler(distance_miles) over () as distance',
        '* except (air_time_minutes, distance_miles)',
    ],
}, 'select distance_miles, origin_airport_code, air_time_minutes from `demo`.`marts`.`flights`') }}
