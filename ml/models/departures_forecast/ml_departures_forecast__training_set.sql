with

daily as (

    select
        origin_airport_code,
        flight_date as departure_date,
        count(case when not is_cancelled then 1 end) as departures_count
    from {{ ref('fct_flight') }}
    group by origin_airport_code, flight_date

),

newest as (

    select
        min(departure_date) as first_date,
        max(departure_date) as last_date
    from daily

),

-- keeps the days from which there is a forecast: the first of every month, to be measured by what
-- happened, and the day after the newest
starts as (

    select {{ month_start('daily.departure_date') }} as forecast_from
    from daily
    cross join newest
    where {{ month_start('daily.departure_date') }} >= {{ date_add_days('newest.first_date', 56) }}
    group by {{ month_start('daily.departure_date') }}

    union all

    select {{ date_add_days('last_date', 1) }} as forecast_from
    from newest

),

-- keeps, of every forecast, the days before it and the 14 that it is measured by
final as (

    select
        daily.origin_airport_code,
        starts.forecast_from,
        daily.departure_date,
        daily.departures_count,
        daily.departure_date >= starts.forecast_from as is_evaluation
    from daily
    inner join starts on daily.departure_date < {{ date_add_days('starts.forecast_from', 14) }}

)

select
    origin_airport_code,
    forecast_from,
    departure_date,
    departures_count,
    is_evaluation
from final
