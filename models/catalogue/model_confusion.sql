-- built after what the catalogue of models names
-- depends_on: {{ ref('model_catalogue') }}
with

counted as (

    select * from {{ model_confusion_rows() }} as counted

)

select
    model_name,
    expected_label,
    predicted_label,
    rows_count
from counted
