with

held_out as (

    select * from {{ ml_evaluate(ref('ml_late_arrival__model')) }} as held_out

)

select
    precision,
    recall,
    accuracy,
    f1_score,
    log_loss,
    roc_auc
from held_out
