select {{ ml_feature_cross(['word', 'texts.other']) }} as crossed
from (select 'a' as word, 'b' as other) as texts
