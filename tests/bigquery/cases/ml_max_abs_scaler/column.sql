select {{ ml_max_abs_scaler('x') }} as scaled
from (select 2.5 as x, 3 as y) as numbers
