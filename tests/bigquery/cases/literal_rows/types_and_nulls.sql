select * from {{ literal_rows(
    {'name': 'string', 'number': 'int64', 'share': 'float64', 'is_known': 'bool', 'seen_at': 'timestamp'},
    [
        {'name': "it's \\ so\n<b>", 'number': 1, 'share': 0.5, 'is_known': true, 'seen_at': '2013-01-01 05:00:00'},
        {'name': none, 'number': -7, 'is_known': false},
    ]
) }} as written
