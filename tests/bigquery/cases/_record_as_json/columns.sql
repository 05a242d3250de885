select {{ _record_as_json([{'name': 'carrier', 'data_type': 'string'}, {'name': 'flight', 'data_type': 'int64'}]) }} as raw_record
from (select 'AA' as carrier, 1 as flight) as flights
