select ml.normalizer(vector, 2.0) as normalized
from (select [4.0, 3.0] as vector) as vectors
