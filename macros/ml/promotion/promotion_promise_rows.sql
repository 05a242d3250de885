{#-
  One row per candidate and promise of its evaluation, a bound that a `metric_within` test of the project holds a
  metric to:

    promise_number   counts the promises of a candidate
    evaluation       the model that makes it
    is_built         whether that could be built; if not, it has this one row and no metric
    is_measured      whether it has a row of the candidate
    metric, floor, ceiling, value

  No rows without the var `ml_candidate`.
-#}
{% macro promotion_promise_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set promises, measured = [], [] -%}
    {%- for node in _ml_candidates() -%}
        {%- set made = [] -%}
        {%- for evaluation in _ml_evaluations_of(node) -%}
            {%- set relation = load_relation(_ml_relation_of(evaluation)) -%}
            {%- set bounds = _ml_metric_bounds(evaluation.unique_id) if relation else [{}] -%}
            {%- for bound in bounds -%}
                {%- do made.append(dict(bound, evaluation=evaluation.name, is_built=relation is not none, metric=bound.get('column'))) -%}
            {%- endfor -%}
            {%- for metric in bounds | map(attribute='column') | unique if relation -%}
                {%- do measured.append(_ml_metric_of(node, evaluation, metric)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for promise in made -%}
            {%- do promises.append(dict(promise, model_name=node.name, promise_number=loop.index)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set sql -%}
(
    select
        promises.*,
        measured.model_name is not null as is_measured,
        measured.value
    from {{ literal_rows({
        'model_name': 'string', 'promise_number': 'int64', 'evaluation': 'string', 'is_built': 'bool',
        'metric': 'string', 'floor': 'float64', 'ceiling': 'float64',
    }, promises) }} as promises
    left join {{ _union_of(measured, {
        'model_name': 'string', 'evaluation': 'string', 'metric': 'string', 'value': 'float64',
    }) }} as measured
        on promises.model_name = measured.model_name
        and promises.evaluation = measured.evaluation
        and promises.metric = measured.metric
)
    {%- endset -%}
    {{ return(sql) }}
{% endmacro %}


{% macro _ml_metric_of(node, evaluation, metric) %}
    select
        {{ text_literal(node.name) }} as model_name,
        {{ text_literal(evaluation.name) }} as evaluation,
        {{ text_literal(metric) }} as metric,
        cast({{ adapter.quote(metric) }} as {{ dbt.type_float() }}) as value
    from {{ _ml_relation_of(evaluation) }}
    where model_name = {{ text_literal(node.name) }}
{%- endmacro %}


{#- The models that evaluate a trained model, by name. -#}
{% macro _ml_evaluations_of(node) %}
    {%- set found = [] -%}
    {%- for reader in graph.nodes.values() | sort(attribute='name')
        if reader.resource_type == 'model' and reader.name.endswith('__evaluation') and node.unique_id in reader.depends_on.nodes -%}
        {%- do found.append(reader) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
