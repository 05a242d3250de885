select timestamp(datetime_add(cast(flight_date as datetime), interval minute_of_day minute), time_zone) as departed_at
from (
    select date '2013-01-01' as flight_date, 317 as minute_of_day, 'America/New_York' as time_zone
    union all
    select date '2013-07-01' as flight_date, 1440 as minute_of_day, 'America/New_York' as time_zone
    union all
    select date '2013-07-01' as flight_date, 317 as minute_of_day, cast(null as string) as time_zone
) as flights
