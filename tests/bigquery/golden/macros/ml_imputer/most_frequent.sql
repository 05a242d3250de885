select ml.imputer(word, 'most_frequent') over () as imputed
from (select 'a' as word, ['a', 'b'] as words) as texts
