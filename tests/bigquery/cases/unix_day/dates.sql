select
    {{ unix_day("date '1969-12-31'") }} as day_before,
    {{ unix_day("date '2013-01-01'") }} as new_year
