select cells[safe_offset(2)] as cell
from (select ['a', 'b'] as cells) as records
