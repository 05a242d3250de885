-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

traced as (

    select * from (
    select 'ml_late_arrival__model' as model_name, threshold, recall, false_positive_rate
    from ml.roc_curve(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as curve
    union all
    select 'ml_late_arrival__model_boosted_tree' as model_name, threshold, recall, false_positive_rate
    from ml.roc_curve(
    model `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree`
) as curve
) as traced

)

select
    model_name,
    threshold,
    recall,
    false_positive_rate
from traced
