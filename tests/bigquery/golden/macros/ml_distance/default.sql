select ml.distance(v, w, 'EUCLIDEAN') as distance
from (select [4.0, 3.0] as v, [1.0, 2.0] as w) as vectors
