select {{ hhmm_to_minutes('hhmm') }} as minutes
from (
    select 517 as hhmm
    union all
    select 2400 as hhmm
) as clock_times
