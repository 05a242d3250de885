select
    {{ minutes_between('departed_at', 'arrived_at') }} as forth,
    {{ minutes_between('arrived_at', 'departed_at') }} as back
from (
    select
        timestamp '2013-01-01 05:00:30' as departed_at,
        timestamp '2013-01-01 08:15:00' as arrived_at
) as flights
