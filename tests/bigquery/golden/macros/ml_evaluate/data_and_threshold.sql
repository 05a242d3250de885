select * from ml.evaluate(
    model `demo`.`ml`.`late_arrival`,
    (select * from `demo`.`marts`.`flights`),
    struct(0.3 as threshold)
) as evaluation
