-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

weighed as (

    select * from (
    select
        'ml_air_time__model' as model_name,
        processed_input as feature_name,
        'standardized_weight' as measure,
        max(coalesce(abs(weight), (select max(abs(entry.weight)) from unnest(category_weights) as entry))) as importance,
        case when count(*) = 1 then max(weight) end as weight
    from ml.weights(
    model `demo`.`azekura_ml`.`ml_air_time__model`,
    struct(true as standardize)
) as weights
    where processed_input != '__INTERCEPT__'
    group by processed_input
    union all
    select
        'ml_delay_band__model' as model_name,
        processed_input as feature_name,
        'standardized_weight' as measure,
        max(coalesce(abs(weight), (select max(abs(entry.weight)) from unnest(category_weights) as entry))) as importance,
        case when count(*) = 1 then max(weight) end as weight
    from ml.weights(
    model `demo`.`azekura_ml`.`ml_delay_band__model`,
    struct(true as standardize)
) as weights
    where processed_input != '__INTERCEPT__'
    group by processed_input
    union all
    select
        'ml_delay_band__model_boosted_tree' as model_name,
        feature as feature_name,
        'total_gain' as measure,
        importance_gain * importance_weight as importance,
        cast(null as FLOAT64) as weight
    from ml.feature_importance(
    model `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree`
) as importance
    union all
    select
        'ml_late_arrival__model' as model_name,
        processed_input as feature_name,
        'standardized_weight' as measure,
        max(coalesce(abs(weight), (select max(abs(entry.weight)) from unnest(category_weights) as entry))) as importance,
        case when count(*) = 1 then max(weight) end as weight
    from ml.weights(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`,
    struct(true as standardize)
) as weights
    where processed_input != '__INTERCEPT__'
    group by processed_input
    union all
    select
        'ml_late_arrival__model_boosted_tree' as model_name,
        feature as feature_name,
        'total_gain' as measure,
        importance_gain * importance_weight as importance,
        cast(null as FLOAT64) as weight
    from ml.feature_importance(
    model `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree`
) as importance
) as weighed

)

select
    model_name,
    feature_name,
    measure,
    importance,
    weight
from weighed
