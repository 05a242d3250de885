-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

counted as (

    select * from {{ model_residual_rows() }} as counted

)

select
    model_name,
    predicted_low,
    predicted_high,
    residual_low,
    residual_high,
    rows_count
from counted
