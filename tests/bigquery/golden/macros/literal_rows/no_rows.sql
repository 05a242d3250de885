select * from (
    select *
    from unnest(array<struct<name string, number int64>>[
    ])
) as written
