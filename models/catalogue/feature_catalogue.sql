with

declared as (

    select * from {{ feature_rows() }} as declared

)

select
    view_name,
    view_version,
    is_latest,
    feature_name,
    data_type,
    description,
    view_description,
    entity,
    keys,
    event_time,
    known_time,
    ttl,
    ttl_seconds,
    is_online,
    owner,
    tags,
    deprecated_at,
    services,
    models,
    relation_name
from declared
