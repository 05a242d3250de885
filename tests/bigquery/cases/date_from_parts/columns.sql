select {{ date_from_parts('year', 'month', 'day') }} as flight_date
from (select 2013 as year, 2 as month, 28 as day) as flights
