create or replace external table `demo`.`azekura_lake_files`.`orders` (
    `order_id` int64
)
with partition columns (ingested_date date)
options (
    description = 'A customer\'s order.',
    format = 'ORC',
    uris = ['gs://bucket/lake/shop/orders/*'],
    hive_partition_uri_prefix = 'gs://bucket/lake/shop/orders',
    require_hive_partition_filter = true
)
