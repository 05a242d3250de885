select ml.one_hot_encoder(word, 'most_frequent', 10, 0) over () as encoded
from (select 'a' as word, ['a', 'b'] as words) as texts
