select ml.one_hot_encoder(word, 'none', 32000, 5) over () as encoded
from (select 'a' as word, ['a', 'b'] as words) as texts
