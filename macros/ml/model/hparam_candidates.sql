{#-
  A search space for an option of meta.ml, of these values: BigQuery's HPARAM_CANDIDATES.

    'booster_type': hparam_candidates(['gbtree', 'dart']), 'num_trials': 20
-#}
{% macro hparam_candidates(values) %}
    {{ return({'hparam_candidates': values}) }}
{% endmacro %}
