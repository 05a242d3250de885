select ml.normalizer(vector, cast('+inf' as float64)) as normalized
from (select [4.0, 3.0] as vector) as vectors
