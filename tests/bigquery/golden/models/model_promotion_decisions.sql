with

-- a value that is not a number is none
candidates as (

    select
        model_name,
        trained_run_id,
        live_run_id,
        evaluation_rows_count,
        metric,
        is_more_better,
        tolerance,
        case when lower(cast(candidate_value as string)) != 'nan' then candidate_value end as candidate_value,
        case when lower(cast(live_value as string)) != 'nan' then live_value end as live_value,
        is_same_rows
    from `demo`.`azekura_catalogue`.`model_promotion_candidates`

),

promises as (

    select
        model_name,
        promise_number,
        evaluation,
        is_built,
        is_measured,
        metric,
        floor,
        ceiling,
        case when lower(cast(value as string)) != 'nan' then value end as measured
    from `demo`.`azekura_catalogue`.`model_promotion_promises`

),

-- each promise with what is wrong with it, NULL of one that is kept
judged as (

    select
        model_name,
        promise_number,
        case
            when not is_built then evaluation || ' could not be built'
            when not is_measured then evaluation || ' has no row of it'
            when measured is null then 'it has no ' || metric
            when measured < floor
                then metric || ' ' || format('%.6g', measured + 0.0) || ' is below its floor ' || format('%.6g', floor + 0.0)
            when measured > ceiling
                then metric || ' ' || format('%.6g', measured + 0.0) || ' is above its ceiling ' || format('%.6g', ceiling + 0.0)
        end as problem
    from promises

),

counted as (

    select
        model_name,
        count(*) as promises_count,
        count(problem) as broken_promises_count
    from judged
    group by model_name

),

-- what is wrong, said once however many promises say so
broken as (

    select
        model_name,
        problem,
        min(promise_number) as promise_number
    from judged
    where problem is not null
    group by model_name, problem

),

listed as (

    select
        model_name,
        string_agg(problem, '; ') over (partition by model_name order by promise_number) as problems,
        row_number() over (partition by model_name order by promise_number desc) as number_from_the_last
    from broken

),

-- a candidate with all that it is judged by; loss: by how much it is worse than the live model
compared as (

    select
        candidates.*,
        coalesce(counted.promises_count, 0) as promises_count,
        coalesce(counted.broken_promises_count, 0) as broken_promises_count,
        listed.problems,
        case
            when candidates.is_more_better then candidates.live_value - candidates.candidate_value
            else candidates.candidate_value - candidates.live_value
        end as loss
    from candidates
    left join counted on candidates.model_name = counted.model_name
    left join listed
        on
            candidates.model_name = listed.model_name
            and listed.number_from_the_last = 1

),

-- the first that is true decides
verdicts as (

    select
        *,
        case
            when trained_run_id is null then 'not_trained'
            when evaluation_rows_count = 0 then 'no_rows'
            when broken_promises_count > 0 then 'broken_promise'
            when live_run_id is null then 'first'
            when metric is null then 'not_measured'
            when candidate_value is null then 'no_value'
            when live_value is null then 'no_live_value'
            -- sums of the same numbers differ in their last digits
            when loss <= tolerance + 1e-9 * abs(live_value) then 'not_worse'
            else 'worse'
        end as verdict
    from compared

)

select
    model_name,
    verdict in ('first', 'not_measured', 'no_live_value', 'not_worse') as is_promoted,
    verdict,
    case verdict
        when 'not_trained' then 'it has not been trained: something before it failed or was skipped'
        when 'no_rows' then 'there are no rows to evaluate it on'
        when 'broken_promise' then problems
        when 'first' then 'there was no live model'
        when 'not_measured' then 'models of its type are not measured'
        when 'no_value' then 'it has no ' || metric
        when 'no_live_value' then 'the live model has no ' || metric
        else
            metric || ' ' || format('%.6g', candidate_value + 0.0)
            || case verdict when 'not_worse' then ' is not worse than ' else ' is worse than ' end
            || format('%.6g', live_value + 0.0) || ' of the live model'
            || case when tolerance > 0 then ', tolerance ' || format('%.6g', tolerance + 0.0) else '' end
            || case when is_same_rows then '' else ', each on its own evaluation rows' end
    end as reason,
    metric,
    candidate_value,
    live_value,
    tolerance,
    is_same_rows,
    promises_count,
    broken_promises_count,
    evaluation_rows_count,
    trained_run_id,
    live_run_id
from verdicts
