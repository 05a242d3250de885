select {{ array_at('cells', 2) }} as cell
from (select ['a', 'b'] as cells) as records
