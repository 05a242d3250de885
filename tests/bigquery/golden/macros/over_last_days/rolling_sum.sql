select
    carrier_code,
    flight_date,
    sum(flights_count) over (
            partition by carrier_code
            order by unix_date(flight_date)
            range between 6 preceding and current row
        ) as flights_count_7d
from (
    select 'AA' as carrier_code, date '2013-01-01' as flight_date, 1 as flights_count
    union all
    select 'AA' as carrier_code, date '2013-01-07' as flight_date, 10 as flights_count
    union all
    select 'AA' as carrier_code, date '2013-01-08' as flight_date, 100 as flights_count
    union all
    select 'UA' as carrier_code, date '2013-01-08' as flight_date, 1000 as flights_count
) as days
