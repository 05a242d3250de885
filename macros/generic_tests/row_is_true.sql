{#- Passes when `condition` holds for every row (NULL does not hold). -#}
{% test row_is_true(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
