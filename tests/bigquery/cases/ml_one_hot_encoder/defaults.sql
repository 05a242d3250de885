select {{ ml_one_hot_encoder('word') }} as encoded
from (select 'a' as word, ['a', 'b'] as words) as texts
