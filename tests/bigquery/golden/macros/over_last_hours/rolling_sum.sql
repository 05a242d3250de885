select
    airport_code,
    event_at,
    sum(departures_count) over (
            partition by airport_code
            order by unix_seconds(event_at)
            range between 7200 preceding and current row
        ) as departures_count_3h
from (
    select 'JFK' as airport_code, timestamp '2013-01-01 05:00:00' as event_at, 1 as departures_count
    union all
    select 'JFK' as airport_code, timestamp '2013-01-01 07:00:00' as event_at, 10 as departures_count
    union all
    select 'JFK' as airport_code, timestamp '2013-01-01 08:00:00' as event_at, 100 as departures_count
) as hours
