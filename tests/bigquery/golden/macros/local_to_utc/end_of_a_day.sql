select timestamp(datetime_add(cast(date_add(flight_date, interval 1 day) as datetime), interval 0 minute), 'America/New_York') as event_at
from (select date '2013-03-09' as flight_date) as flights
