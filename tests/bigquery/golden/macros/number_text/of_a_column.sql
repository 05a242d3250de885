select format('%.6g', number + 0.0) as text from (select 0.25 as number) as given
