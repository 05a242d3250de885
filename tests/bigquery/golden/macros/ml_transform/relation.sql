select * from ml.transform(
    model `demo`.`azekura_ml`.`ml_flight__model`,
    (select * from `demo`.`marts`.`flights`)
) as transformed
