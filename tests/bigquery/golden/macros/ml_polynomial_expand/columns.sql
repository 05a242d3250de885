select ml.polynomial_expand(struct(x, y), 2) as expanded
from (select 2.5 as x, 3 as y) as numbers
