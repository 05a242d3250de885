select ml.tf_idf(ml.ngrams(words, [1, 2], ' '), 3, 1) over () as weights
from (select 'a' as word, ['a', 'b'] as words) as texts
