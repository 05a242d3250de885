select {{ ml_normalizer('vector') }} as normalized
from (select [4.0, 3.0] as vector) as vectors
