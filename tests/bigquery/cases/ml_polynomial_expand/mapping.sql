select {{ ml_polynomial_expand({'a': 'x', 'b': 'x + y'}, 3) }} as expanded
from (select 2.5 as x, 3 as y) as numbers
