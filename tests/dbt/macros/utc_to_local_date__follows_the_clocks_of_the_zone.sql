-- the last minute of a day in New York, in winter and in summer, and the first of the next
with

cases as (

    select
        cast('2013-02-01 04:59:59' as timestamp) as moment,
        cast('2013-01-31' as date) as expected
    union all
    select
        cast('2013-02-01 05:00:00' as timestamp) as moment,
        cast('2013-02-01' as date) as expected
    union all
    select
        cast('2013-07-01 03:59:59' as timestamp) as moment,
        cast('2013-06-30' as date) as expected
    union all
    select
        cast('2013-07-01 04:00:00' as timestamp) as moment,
        cast('2013-07-01' as date) as expected

)

select
    moment,
    expected
from cases
where {{ utc_to_local_date('moment', "'America/New_York'") }} is distinct from expected
