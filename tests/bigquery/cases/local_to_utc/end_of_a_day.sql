select {{ local_to_utc(date_add_days('flight_date', 1), 0, "'America/New_York'") }} as event_at
from (select date '2013-03-09' as flight_date) as flights
