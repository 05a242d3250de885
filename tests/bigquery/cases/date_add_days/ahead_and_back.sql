select
    {{ date_add_days('flight_date', 1) }} as next_day,
    {{ date_add_days('flight_date', -28) }} as four_weeks_before
from (select date '2012-03-01' as flight_date) as flights
