select * from ml.centroids(
    model `demo`.`azekura_ml`.`ml_flight__clusters`
) as centroids
