select ml.hash_bucketize(word, 10) as bucket
from (select 'a' as word, ['a', 'b'] as words) as texts
