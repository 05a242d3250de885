select ml.label_encoder(word, 32000, 5) over () as label
from (select 'a' as word, ['a', 'b'] as words) as texts
