-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

traced as (

    select * from {{ model_roc_rows() }} as traced

)

select
    model_name,
    threshold,
    recall,
    false_positive_rate
from traced
