select ml.robust_scaler(x, [12.5, 87.5], false, true) over () as scaled
from (select 2.5 as x, 3 as y) as numbers
