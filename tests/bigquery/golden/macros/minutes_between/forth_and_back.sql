select
    timestamp_diff(arrived_at, departed_at, minute) as forth,
    timestamp_diff(departed_at, arrived_at, minute) as back
from (
    select
        timestamp '2013-01-01 05:00:30' as departed_at,
        timestamp '2013-01-01 08:15:00' as arrived_at
) as flights
