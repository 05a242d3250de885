select ml.label_encoder(word, 100, 2) over () as label
from (select 'a' as word, ['a', 'b'] as words) as texts
