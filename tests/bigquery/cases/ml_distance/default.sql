select {{ ml_distance('v', 'w') }} as distance
from (select [4.0, 3.0] as v, [1.0, 2.0] as w) as vectors
