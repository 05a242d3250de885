select {{ ml_polynomial_expand(['x', 'y']) }} as expanded
from (select 2.5 as x, 3 as y) as numbers
