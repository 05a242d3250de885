create or replace model `demo`.`azekura_ml`.`ml_late_arrival__model`
options(
    model_type = 'BOOSTED_TREE_CLASSIFIER',
    input_label_cols = ['outcome'],
    num_trials = 20,
    hparam_tuning_objectives = 'ROC_AUC',
    learn_rate = hparam_range(0.01, 0.5),
    max_tree_depth = hparam_range(2, 8),
    l2_reg = hparam_candidates([0.1, 1.0, 10.0]),
    booster_type = hparam_candidates(['GBTREE', 'DART'])
) as (
select distance_miles, outcome from `demo`.`marts`.`flights`
)
