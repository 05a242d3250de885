with

logistic as (

    select
        'ml_late_arrival__model' as model_name,
        held_out.*
    from {{ ml_evaluate(ref('ml_late_arrival__model')) }} as held_out

),

boosted_tree as (

    select
        'ml_late_arrival__model_boosted_tree' as model_name,
        held_out.*
    from {{ ml_evaluate(ref('ml_late_arrival__model_boosted_tree')) }} as held_out

),

evaluated as (

    select * from logistic
    union all
    select * from boosted_tree

)

select
    model_name,
    precision,
    recall,
    accuracy,
    f1_score,
    log_loss,
    roc_auc
from evaluated
