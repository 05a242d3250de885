-- built after those the freshness names, which are all feature views
-- depends_on: {{ ref('feature_freshness') }}
with

measured as (

    select * from {{ feature_statistics_rows() }} as measured

)

select
    view_name,
    view_version,
    feature_name,
    rows_count,
    nulls_count,
    distinct_count,
    minimum,
    maximum,
    mean,
    standard_deviation
from measured
