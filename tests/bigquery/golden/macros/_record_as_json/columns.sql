select to_json_string(struct(`carrier`, `flight`)) as raw_record
from (select 'AA' as carrier, 1 as flight) as flights
