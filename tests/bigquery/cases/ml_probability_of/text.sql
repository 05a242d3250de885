select {{ ml_probability_of('probs', "'late'") }} as probability
from (select [struct('late' as label, 0.7 as prob), struct('on time' as label, 0.3 as prob)] as probs) as predicted
