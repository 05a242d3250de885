create or replace model `demo`.`azekura_ml`.`ml_late_arrival__model`
options(
    model_type = 'LOGISTIC_REG',
    input_label_cols = ['outcome'],
    class_weights = [struct('late', 0.8), struct('o\'clock', 0.2)],
    model_registry = 'VERTEX_AI',
    vertex_ai_model_version_aliases = ['daily', 'back\\slash']
) as (
select distance_miles, outcome from `demo`.`marts`.`flights`
)
