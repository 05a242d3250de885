select ml.min_max_scaler(x) over () as scaled
from (select 2.5 as x, 3 as y) as numbers
