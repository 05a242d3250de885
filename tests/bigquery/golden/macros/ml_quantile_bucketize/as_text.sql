select ml.quantile_bucketize(x + y, 5, 'bucket_ranges') over () as bucket
from (select 2.5 as x, 3 as y) as numbers
