select {{ date_add_days('flight_date', 'days') }} as moved
from (select date '2013-12-31' as flight_date, 2 as days) as flights
