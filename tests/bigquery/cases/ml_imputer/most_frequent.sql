select {{ ml_imputer('word', "'most_frequent'") }} as imputed
from (select 'a' as word, ['a', 'b'] as words) as texts
