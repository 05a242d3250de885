select {{ ml_distance('v', 'w', 'cosine') }} as distance
from (select [struct('a' as word, 1.0 as weight)] as v, [struct('b' as word, 2.0 as weight)] as w) as vectors
