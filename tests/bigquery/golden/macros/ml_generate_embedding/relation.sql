select * from ml.generate_embedding(
    model `demo`.`azekura_ml`.`ml_flight__model`,
    (select * from `demo`.`marts`.`flights`)
) as embedded
