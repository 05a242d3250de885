select date_add(flight_date, interval days day) as moved
from (select date '2013-12-31' as flight_date, 2 as days) as flights
