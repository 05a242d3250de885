select * from ml.generate_embedding(
    model `demo`.`azekura_ml`.`ml_flight__components`,
    (select * from `demo`.`marts`.`flights`)
) as embedded
