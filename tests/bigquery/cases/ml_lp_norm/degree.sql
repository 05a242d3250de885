select {{ ml_lp_norm('vector', 2) }} as norm
from (select [4.0, 3.0] as vector) as vectors
