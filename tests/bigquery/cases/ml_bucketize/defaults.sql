select {{ ml_bucketize('x', [1, 2, 3]) }} as bucket
from (select 2.5 as x, 3 as y) as numbers
