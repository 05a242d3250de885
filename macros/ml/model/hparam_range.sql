{#-
  A search space for an option of meta.ml, from a least to a greatest value: BigQuery's HPARAM_RANGE.

    'l2_reg': hparam_range(0.01, 10), 'num_trials': 20
-#}
{% macro hparam_range(least, greatest) %}
    {{ return({'hparam_range': [least, greatest]}) }}
{% endmacro %}
