select ml.ngrams(words, [2, 3], '#') as ngrams
from (select 'a' as word, ['a', 'b'] as words) as texts
