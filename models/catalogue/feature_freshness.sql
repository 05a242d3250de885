with

measured as (

    select * from {{ feature_freshness_rows([
        ref('feat_airport__traffic'),
        ref('feat_airport__weather', v=1),
        ref('feat_airport__weather', v=2),
        ref('feat_carrier__punctuality'),
        ref('feat_route__history'),
    ]) }} as measured

)

select
    view_name,
    view_version,
    rows_count,
    entities_count,
    oldest_event_at,
    newest_event_at,
    newest_known_at
from measured
