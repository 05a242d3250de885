select to_hex(md5(cast(coalesce(cast(length(cast(carrier_code as string)) as string) || ':' || cast(carrier_code as string), '~') || coalesce(cast(length(cast(flight_number as string)) as string) || ':' || cast(flight_number as string), '~') as string))) as flight_key
from (
    select '1' as carrier_code, 11 as flight_number
    union all
    select '11' as carrier_code, 1 as flight_number
    union all
    select cast(null as string) as carrier_code, 1 as flight_number
    union all
    select '' as carrier_code, 1 as flight_number
) as flights
