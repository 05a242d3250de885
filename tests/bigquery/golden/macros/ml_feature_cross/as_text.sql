select ml.feature_cross(struct(word, concat(word, ',') as other, 'x' as x), 3) as crossed
from (select 'a' as word, ['a', 'b'] as words) as texts
