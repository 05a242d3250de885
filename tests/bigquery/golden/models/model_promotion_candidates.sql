with

measured as (

    select * from (
    select
        known.*,
        measured.candidate_value,
        measured.live_value
    from (
    select *
    from unnest(array<struct<model_name string, trained_run_id string, live_run_id string, evaluation_rows_count int64, metric string, is_more_better bool, tolerance float64, is_same_rows bool>>[
    ])
) as known
    left join (
    select *
    from unnest(array<struct<model_name string, candidate_value float64, live_value float64>>[
    ])
) as measured on known.model_name = measured.model_name
) as measured

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
