select {{ ml_imputer('x', 'mean') }} as imputed
from (select 2.5 as x, 3 as y) as numbers
