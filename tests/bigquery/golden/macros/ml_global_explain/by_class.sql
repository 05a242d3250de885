select * from ml.global_explain(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    struct(true as class_level_explain)
) as asked
