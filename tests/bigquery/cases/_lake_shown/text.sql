select {{ _lake_shown('cell') }} as shown
from (select 'x' as cell) as cells
