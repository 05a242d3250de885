create or replace external table `demo`.`azekura_lake_files`.`weather` (
    raw_record string options (description = 'The record as it was found: one line.')
)
with partition columns (ingested_date date)
options (
    description = 'One record per airport and hour.',
    format = 'CSV',
    field_delimiter = '\x01',
    quote = '',
    uris = ['gs://bucket/lake/nycflights13/weather/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/nycflights13/weather',
    require_hive_partition_filter = true
)
