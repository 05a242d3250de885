create or replace external table `demo`.`azekura_lake_files`.`flights` (
    `year` int64 options (description = 'Year of the scheduled departure, local.'),
    `month` int64 options (description = 'Month of the scheduled departure, local.'),
    `day` int64 options (description = 'Day of the scheduled departure, local.'),
    `dep_time` int64 options (description = 'Actual departure, local, HHMM; NULL if it never departed.'),
    `sched_dep_time` int64 options (description = 'Scheduled departure, local, HHMM.'),
    `dep_delay` int64 options (description = 'Departure delay in minutes; negative is early.'),
    `arr_time` int64 options (description = 'Actual arrival, local to the destination, HHMM.'),
    `sched_arr_time` int64 options (description = 'Scheduled arrival, local to the destination, HHMM.'),
    `arr_delay` int64 options (description = 'Arrival delay in minutes; NULL if cancelled or diverted.'),
    `carrier` string options (description = 'Two-letter carrier code.'),
    `flight` int64 options (description = 'Flight number.'),
    `tailnum` string options (description = 'Tail number of the aircraft.'),
    `origin` string options (description = 'Airport of departure.'),
    `dest` string options (description = 'Airport of destination.'),
    `air_time` int64 options (description = 'Minutes in the air.'),
    `distance` int64 options (description = 'Distance between the airports in miles.'),
    `hour` int64 options (description = 'Hour of the scheduled departure, local.'),
    `minute` int64 options (description = 'Minute of the scheduled departure.'),
    `time_hour` timestamp options (description = 'Scheduled departure cut to the hour, UTC.'),
    `event_at` timestamp options (description = 'When it happened, UTC.'),
    `ingested_at` timestamp options (description = 'When the record arrived in the lake, UTC.')
)
with partition columns (ingested_date date)
options (
    description = 'One record per scheduled flight, sent when it departs (or is due, if it never does).',
    format = 'PARQUET',
    uris = ['gs://bucket/lake/nycflights13/flights/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/nycflights13/flights',
    require_hive_partition_filter = true
)
