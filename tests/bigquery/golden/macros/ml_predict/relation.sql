select * from ml.predict(
    model `demo`.`azekura_ml`.`ml_air_time__model`,
    (select * from `demo`.`marts`.`flights`)
) as predicted
