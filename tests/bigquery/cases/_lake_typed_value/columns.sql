select {{ _lake_typed_value({'name': 'carrier', 'data_type': 'string'}) }} as carrier, {{ _lake_typed_value({'name': 'day', 'data_type': 'date'}) }} as day
from (select 'AA' as carrier, date '2013-01-01' as day) as flights
