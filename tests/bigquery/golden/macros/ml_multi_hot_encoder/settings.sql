select ml.multi_hot_encoder(words, 3, 1) over () as encoded
from (select 'a' as word, ['a', 'b'] as words) as texts
