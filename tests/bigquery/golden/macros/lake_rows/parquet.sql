select
    `year`, `month`, `day`, `dep_time`, `sched_dep_time`, `dep_delay`, `arr_time`, `sched_arr_time`, `arr_delay`, `carrier`, `flight`, `tailnum`, `origin`, `dest`, `air_time`, `distance`, `hour`, `minute`, `time_hour`, `event_at`, `ingested_at`,
    ingested_date,
    _file_name as lake_file,
    cast(null as int64) as line_number
from `demo`.`azekura_lake_files`.`flights`
where
    ingested_date >= date '0001-01-01'
