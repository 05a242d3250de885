select farm_fingerprint(word) as fingerprint
from (select 'a' as word, ['a', 'b'] as words) as texts
