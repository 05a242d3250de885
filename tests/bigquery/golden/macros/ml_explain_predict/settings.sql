select * from ml.explain_predict(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    (
select * from `demo`.`marts`.`flights`
        ),
    struct(3 as top_k_features, 0.3 as threshold, true as approx_feature_contrib)
) as asked
