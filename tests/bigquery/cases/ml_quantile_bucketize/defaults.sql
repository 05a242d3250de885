select {{ ml_quantile_bucketize('x', 5) }} as bucket
from (select 2.5 as x, 3 as y) as numbers
