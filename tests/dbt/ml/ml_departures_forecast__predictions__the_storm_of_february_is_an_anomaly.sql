-- the snowstorm of 8 and 9 February 2013, when most flights were cancelled
select
    origin_airport_code,
    departure_date
from {{ ref('ml_departures_forecast__predictions') }}
where
    departure_date in (cast('2013-02-08' as date), cast('2013-02-09' as date))
    and not is_forecast
    and not is_anomaly
