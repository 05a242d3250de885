select (select class.prob from unnest(probs) as class where class.label = true) as probability
from (select [struct(true as label, 0.7 as prob), struct(false as label, 0.3 as prob)] as probs) as predicted
