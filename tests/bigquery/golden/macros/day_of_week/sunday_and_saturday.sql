select
    extract(dayofweek from date '2013-01-06') as sunday,
    extract(dayofweek from date '2013-01-05') as saturday
