select (select class.prob from unnest(probs) as class where class.label = 'late') as probability
from (select [struct('late' as label, 0.7 as prob), struct('on time' as label, 0.3 as prob)] as probs) as predicted
