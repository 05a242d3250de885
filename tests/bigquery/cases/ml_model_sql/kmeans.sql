{{ bigquery__ml_model_sql('`demo`.`azekura_ml`.`ml_flight__model`', {
    'model_type': 'KMEANS',
    'num_clusters': 4,
    'kmeans_init_method': 'CUSTOM',
    'kmeans_init_col': 'is_first_centroid',
    'standardize_features': true,
}, 'select distance_miles, is_first_centroid from `demo`.`marts`.`flights`') }}
