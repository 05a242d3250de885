select ml.quantile_bucketize(x, 5, 'bucket_names') over () as bucket
from (select 2.5 as x, 3 as y) as numbers
