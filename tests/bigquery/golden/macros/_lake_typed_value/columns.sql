select cast(`carrier` as string) as carrier, cast(`day` as date) as day
from (select 'AA' as carrier, date '2013-01-01' as day) as flights
