select
    {{ day_of_week("date '2013-01-06'") }} as sunday,
    {{ day_of_week("date '2013-01-05'") }} as saturday
