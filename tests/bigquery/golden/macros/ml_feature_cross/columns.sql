select ml.feature_cross(struct(word, texts.other as other), 2) as crossed
from (select 'a' as word, 'b' as other) as texts
