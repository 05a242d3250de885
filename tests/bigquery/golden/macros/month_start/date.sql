select cast(timestamp_trunc(
        cast(flight_date as timestamp),
        month
    ) as date) as flight_month
from (select date '2013-02-28' as flight_date) as flights
