select {{ ml_robust_scaler('x', '[12.5, 87.5]', false, 'TRUE') }} as scaled
from (select 2.5 as x, 3 as y) as numbers
