select (select max(abs(entry.weight)) from unnest(category_weights) as entry) as greatest from ml.weights(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as weights
