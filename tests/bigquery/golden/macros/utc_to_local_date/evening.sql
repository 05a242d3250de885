select date(timestamp '2013-02-01 04:59:00', 'America/New_York') as january_31
