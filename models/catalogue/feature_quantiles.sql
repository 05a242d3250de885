-- built after those the freshness names, which are all feature views
-- depends_on: {{ ref('feature_freshness') }}
with

measured as (

    select * from {{ feature_quantile_rows() }} as measured

)

select
    view_name,
    view_version,
    feature_name,
    quantile_05,
    quantile_25,
    quantile_50,
    quantile_75,
    quantile_95
from measured
