with

measured as (

    select * from {{ promotion_candidate_rows() }} as measured

)

select
    model_name,
    trained_run_id,
    live_run_id,
    evaluation_rows_count,
    metric,
    is_more_better,
    tolerance,
    candidate_value,
    live_value,
    is_same_rows
from measured
