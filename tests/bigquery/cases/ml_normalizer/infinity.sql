select {{ ml_normalizer('vector', "CAST('+INF' AS FLOAT64)") }} as normalized
from (select [4.0, 3.0] as vector) as vectors
