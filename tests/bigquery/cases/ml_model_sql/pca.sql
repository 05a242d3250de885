{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_flight__model`', {
    'model_type': 'PCA',
    'pca_explained_variance_ratio': 0.9,
    'pca_solver': 'FULL',
}, 'select distance_miles, air_time_minutes from `demo`.`marts`.`flights`') }}
