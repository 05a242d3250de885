create or replace external table `demo`.`azekura_lake_files`.`carriers` (
    raw_record string options (description = 'The record as it was found: one line.')
)
with partition columns (ingested_date date)
options (
    description = 'One record per carrier.',
    format = 'CSV',
    field_delimiter = '\x01',
    quote = '',
    skip_leading_rows = 1,
    uris = ['gs://bucket/lake/nycflights13/carriers/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/nycflights13/carriers',
    require_hive_partition_filter = true
)
