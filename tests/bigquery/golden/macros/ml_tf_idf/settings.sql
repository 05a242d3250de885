select ml.tf_idf(words, 3, 1) over () as weights
from (select 'a' as word, ['a', 'b'] as words) as texts
