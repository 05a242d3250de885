select {{ surrogate_key(['carrier_code', 'flight_number']) }} as flight_key
from (
    select '1' as carrier_code, 11 as flight_number
    union all
    select '11' as carrier_code, 1 as flight_number
    union all
    select cast(null as {{ dbt.type_string() }}) as carrier_code, 1 as flight_number
    union all
    select '' as carrier_code, 1 as flight_number
) as flights
