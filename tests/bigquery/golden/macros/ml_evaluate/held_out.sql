select * from ml.evaluate(
    model `demo`.`ml`.`air_time`
) as evaluation
