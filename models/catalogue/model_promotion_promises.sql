with

promised as (

    select * from {{ promotion_promise_rows() }} as promised

)

select
    model_name,
    promise_number,
    evaluation,
    is_built,
    is_measured,
    metric,
    value,
    floor,
    ceiling
from promised
