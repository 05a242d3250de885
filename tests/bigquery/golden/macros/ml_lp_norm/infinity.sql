select ml.lp_norm(vector, cast('+inf' as float64)) as norm
from (select [4.0, 3.0] as vector) as vectors
