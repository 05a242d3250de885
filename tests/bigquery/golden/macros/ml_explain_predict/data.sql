select * from ml.explain_predict(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (select * from `demo`.`marts`.`flights`)
) as asked
