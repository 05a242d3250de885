{%- set base = "select 'a' as kind, 1 as level union all select 'b' as kind, 2 as level" -%}
{%- set study -%}
    select 'a' as kind, 1 as level union all select 'c' as kind, null as level
{%- endset %}

with

drift as (

    select * from {{ feature_drift(base, study, numbers={'level': [1]}, categories=['kind']) }} as drift

),

expected as (

    select 'kind' as feature, 'L_INFTY' as metric, 0.5 as value
    union all
    select 'kind' as feature, 'NEW_CATEGORY_SHARE' as metric, 0.5 as value
    union all
    select 'kind' as feature, 'NULL_RATE_DELTA' as metric, 0.0 as value
    union all
    select 'level' as feature, 'KS_DISTANCE' as metric, 0.5 as value
    union all
    select 'level' as feature, 'NULL_RATE_DELTA' as metric, 0.5 as value

)

select expected.* from expected
left join drift on expected.feature = drift.feature and expected.metric = drift.metric
where drift.value is null or abs(drift.value - expected.value) > 1e-9
