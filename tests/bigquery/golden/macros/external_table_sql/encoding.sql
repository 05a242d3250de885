create or replace external table `demo`.`azekura_lake_files`.`orders` (
    raw_record string options (description = 'The record as it was found: one line.')
)
with partition columns (ingested_date date)
options (
    format = 'CSV',
    field_delimiter = '\x01',
    quote = '',
    skip_leading_rows = 1,
    encoding = 'UTF-16LE',
    uris = ['gs://bucket/lake/shop/orders/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/shop/orders',
    require_hive_partition_filter = true
)
