select ml.bucketize(x, [1, 2.5, 3], true, 'bucket_ranges') as bucket
from (select 2.5 as x, 3 as y) as numbers
