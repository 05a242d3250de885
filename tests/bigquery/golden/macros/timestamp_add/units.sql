select
    timestamp_add(event_at, interval -1 hour) as hour_before,
    timestamp_add(event_at, interval 24 hour) as day_after,
    timestamp_add(event_at, interval coalesce(delay, 0) + 5 minute) as delayed
from (select timestamp '2013-01-01 00:30:00' as event_at, 10 as delay) as flights
