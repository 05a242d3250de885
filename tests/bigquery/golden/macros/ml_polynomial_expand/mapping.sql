select ml.polynomial_expand(struct(x as a, x + y as b), 3) as expanded
from (select 2.5 as x, 3 as y) as numbers
