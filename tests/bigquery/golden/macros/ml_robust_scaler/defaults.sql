select ml.robust_scaler(x, [25, 75], true, true) over () as scaled
from (select 2.5 as x, 3 as y) as numbers
