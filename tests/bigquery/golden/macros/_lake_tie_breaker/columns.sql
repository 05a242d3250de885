select row_number() over (
    partition by carrier
    order by farm_fingerprint(to_json_string(struct(`carrier`, `flight`))) desc
) as version_rank
from (select 'AA' as carrier, 1 as flight, 1 as line_number) as flights
