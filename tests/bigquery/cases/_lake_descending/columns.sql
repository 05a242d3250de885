select row_number() over (
    partition by carrier
    order by {{ _lake_tie_breaker([{'name': 'carrier', 'data_type': 'string'}, {'name': 'speed', 'data_type': 'float64'}]) }}, {{ _lake_descending('speed', true) }}
) as version_rank
from (select 'AA' as carrier, 1.5 as speed) as flights
