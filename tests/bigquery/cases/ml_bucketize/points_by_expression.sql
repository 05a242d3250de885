select {{ ml_bucketize('x', 'generate_array(0, 10, 5)', false, 'bucket_ranges_json') }} as bucket
from (select 2.5 as x, 3 as y) as numbers
