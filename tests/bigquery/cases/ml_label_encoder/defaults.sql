select {{ ml_label_encoder('word') }} as label
from (select 'a' as word, ['a', 'b'] as words) as texts
