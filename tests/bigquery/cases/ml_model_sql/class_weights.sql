{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_late_arrival__model`', {
    'model_type': 'LOGISTIC_REG',
    'input_label_cols': ['outcome'],
    'class_weights': [['late', 0.8], ["o'clock", 0.2]],
    'model_registry': 'VERTEX_AI',
    'vertex_ai_model_version_aliases': ['daily', 'back\\slash'],
}, 'select distance_miles, outcome from `demo`.`marts`.`flights`') }}
