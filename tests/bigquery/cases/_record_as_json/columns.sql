select {{ _record_as_json([{'name': 'carrier'}, {'name': 'flight'}]) }} as raw_record
from (select 'AA' as carrier, 1 as flight) as flights
