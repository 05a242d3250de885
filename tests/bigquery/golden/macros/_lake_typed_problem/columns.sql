select cast(null as string) as problem
from (select 'AA' as carrier) as flights
