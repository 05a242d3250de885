select
    {{ timestamp_truncate('event_at', 'hour') }} as event_hour,
    {{ timestamp_truncate('event_at', 'day') }} as event_day
from (select timestamp '2013-01-01 05:59:59' as event_at) as flights
