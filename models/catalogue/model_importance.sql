-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

weighed as (

    select * from {{ model_importance_rows() }} as weighed

)

select
    model_name,
    feature_name,
    measure,
    importance,
    weight
from weighed
