with

promised as (

    select * from (
    select
        promises.*,
        measured.model_name is not null as is_measured,
        measured.value
    from (
    select *
    from unnest(array<struct<model_name string, promise_number int64, evaluation string, is_built bool, metric string, floor float64, ceiling float64>>[
    ])
) as promises
    left join (
    select *
    from unnest(array<struct<model_name string, evaluation string, metric string, value float64>>[
    ])
) as measured
        on promises.model_name = measured.model_name
        and promises.evaluation = measured.evaluation
        and promises.metric = measured.metric
) as promised

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
