select row_number() over (
    partition by carrier
    order by `carrier` desc, `speed` desc, speed desc
) as version_rank
from (select 'AA' as carrier, 1.5 as speed) as flights
