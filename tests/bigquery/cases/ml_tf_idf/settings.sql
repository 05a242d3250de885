select {{ ml_tf_idf('words', 3, 1) }} as weights
from (select 'a' as word, ['a', 'b'] as words) as texts
