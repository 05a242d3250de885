select
    timestamp_trunc(event_at, hour) as event_hour,
    timestamp_trunc(event_at, day) as event_day
from (select timestamp '2013-01-01 05:59:59' as event_at) as flights
