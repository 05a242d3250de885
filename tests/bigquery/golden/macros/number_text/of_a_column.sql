select format('%.6g', number) as text from (select 0.25 as number) as given
