with

counted as (

    select * from {{ feature_distribution_rows(ref('feature_statistics')) }} as counted

)

select
    view_name,
    view_version,
    feature_name,
    bucket_number,
    low,
    high,
    category,
    rows_count
from counted
