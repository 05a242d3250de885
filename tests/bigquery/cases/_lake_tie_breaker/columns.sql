select row_number() over (
    partition by carrier
    order by {{ _lake_tie_breaker([{'name': 'carrier'}, {'name': 'flight'}]) }} desc
) as version_rank
from (select 'AA' as carrier, 1 as flight, 1 as line_number) as flights
