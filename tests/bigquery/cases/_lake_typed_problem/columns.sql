select {{ _lake_typed_problem([{'name': 'carrier', 'data_type': 'string'}]) }} as problem
from (select 'AA' as carrier) as flights
