-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

measured as (

    select * from {{ model_metric_rows() }} as measured

)

select
    model_name,
    metric,
    value,
    floor,
    ceiling
from measured
