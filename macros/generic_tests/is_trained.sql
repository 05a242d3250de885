{#- Passes when a trained model answers: it can be evaluated on the split it kept. -#}
{% test is_trained(model) %}
select 1 as untrained
from (select count(*) as rows_count from {{ ml_evaluate(model) }} as evaluation) as answer
where rows_count != 1
{% endtest %}
