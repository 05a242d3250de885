select * from (
    select *
    from unnest(array<struct<name string, number int64, share float64, is_known bool, seen_at timestamp>>[
        struct('it\'s \\ so\n<b>', 1, 0.5, true, cast('2013-01-01 05:00:00' as timestamp)),
        struct(null, -7, null, false, null)
    ])
) as written
