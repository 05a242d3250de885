select * from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_air_time__model`
) as evaluation
