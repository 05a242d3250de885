select {{ ml_label_encoder('word', '100', 2) }} as label
from (select 'a' as word, ['a', 'b'] as words) as texts
