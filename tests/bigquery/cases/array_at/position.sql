select {{ array_at('cells', 1) }} as cell
from (select ['a', 'b'] as cells) as records
