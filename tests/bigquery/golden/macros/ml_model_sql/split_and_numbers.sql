create or replace model `demo`.`azekura_ml`.`ml_air_time__model`
options(
    model_type = 'LINEAR_REG',
    input_label_cols = ['air_time_minutes'],
    data_split_method = 'SEQ',
    data_split_col = 'flight_date',
    data_split_eval_fraction = 0.2,
    optimize_strategy = 'BATCH_GRADIENT_DESCENT',
    max_iterations = 50,
    min_rel_progress = 1e-05,
    l2_reg = 1,
    early_stop = false
) as (
select flight_date, distance_miles, air_time_minutes from `demo`.`marts`.`flights`
)
