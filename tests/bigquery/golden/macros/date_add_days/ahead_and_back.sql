select
    date_add(flight_date, interval 1 day) as next_day,
    date_add(flight_date, interval -28 day) as four_weeks_before
from (select date '2012-03-01' as flight_date) as flights
