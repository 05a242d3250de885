with

held_out as (

    select * from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_air_time__model`
) as held_out

)

select
    'ml_air_time__model' as model_name,
    mean_absolute_error,
    mean_squared_error,
    mean_squared_log_error,
    median_absolute_error,
    r2_score,
    explained_variance
from held_out
