-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

trained as (

    select * from {{ model_version_rows() }} as trained

)

select
    model_name,
    run_id,
    trained_at,
    model_version,
    rows_count,
    checksum,
    definition_hash,
    feature_service
from trained
