select * from ml.centroids(
    model `demo`.`azekura_ml`.`ml_flight__model`
) as centroids
