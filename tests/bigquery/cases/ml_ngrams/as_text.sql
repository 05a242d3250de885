select {{ ml_ngrams('words', '[1, 1]', "'it\\'s'") }} as ngrams
from (select 'a' as word, ['a', 'b'] as words) as texts
