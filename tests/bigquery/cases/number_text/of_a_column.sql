select {{ number_text('number') }} as text from (select 0.25 as number) as given
