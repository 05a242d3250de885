select cells[safe_offset(1)] as cell
from (select ['a', 'b'] as cells) as records
