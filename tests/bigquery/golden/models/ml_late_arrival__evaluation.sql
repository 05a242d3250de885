with

held_out as (

    select * from ml.evaluate(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as held_out

)

select
    precision,
    recall,
    accuracy,
    f1_score,
    log_loss,
    roc_auc
from held_out
