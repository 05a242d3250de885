select * from ml.centroids(
    model `demo`.`azekura_ml`.`ml_flight__clusters`,
    struct(true as standardize)
) as centroids
