select
    {{ unix_second("timestamp '1969-12-31 23:59:59'") }} as second_before,
    {{ unix_second("timestamp '2013-01-01 00:00:00.9'") }} as new_year
