select concat(regexp_replace(replace(replace(replace(left(cell, 100), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r'), '[[:cntrl:]]', '?'), if(char_length(cell) > 100, '...', '')) as shown
from (select 'x' as cell) as cells
