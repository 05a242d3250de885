select * from ml.transform(
    model `demo`.`azekura_ml`.`ml_flight__transformed`,
    (select * from `demo`.`marts`.`flights`)
) as transformed
