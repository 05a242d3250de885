select {{ ml_multi_hot_encoder('words', 3, 1) }} as encoded
from (select 'a' as word, ['a', 'b'] as words) as texts
