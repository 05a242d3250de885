select * from ml.predict(
    model `demo`.`ml`.`air_time`,
    (select * from `demo`.`marts`.`flights`)
) as predicted
