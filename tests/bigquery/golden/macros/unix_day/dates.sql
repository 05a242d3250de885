select
    unix_date(date '1969-12-31') as day_before,
    unix_date(date '2013-01-01') as new_year
