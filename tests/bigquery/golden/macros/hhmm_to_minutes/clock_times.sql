select (cast(floor(hhmm / 100) as bigint) * 60 + mod(hhmm, 100)) as minutes
from (
    select 517 as hhmm
    union all
    select 2400 as hhmm
) as clock_times
