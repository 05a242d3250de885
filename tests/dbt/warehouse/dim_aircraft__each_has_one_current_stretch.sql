select
    tail_number,
    count(case when valid_to = cast('9999-12-31' as timestamp) then 1 end) as current_count
from {{ ref('dim_aircraft') }}
group by tail_number
having count(case when valid_to = cast('9999-12-31' as timestamp) then 1 end) != 1
