select {{ month_start('flight_date') }} as flight_month
from (select date '2013-02-28' as flight_date) as flights
