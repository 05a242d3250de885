select {{ ml_tf_idf(ml_ngrams('words', [1, 2]), 3, 1) }} as weights
from (select 'a' as word, ['a', 'b'] as words) as texts
