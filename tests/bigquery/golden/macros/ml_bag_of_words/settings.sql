select ml.bag_of_words(words, 32, 1) over () as bag
from (select 'a' as word, ['a', 'b'] as words) as texts
