{#-
  One row per trained model: what the project declares of it, and when and on how many rows it was trained.
  `evaluations` and `predictions` are the refs of all of them: they tell dbt what has to be built before, for
  this model and for those that read it; one that is left out is refused by name.
-#}
{% macro model_rows(evaluations, predictions) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _trained_models() -%}
    {%- do _require_refs(evaluations, trained | map(attribute='evaluation') | select | list, 'evaluation') -%}
    {%- do _require_refs(predictions, trained | map(attribute='predictions') | select | list, 'predictions') -%}
    {%- set rows = [] -%}
    {%- set facts = [] -%}
    {%- for one in trained -%}
        {%- do rows.append({
            'model_name': one.name,
            'use_case': one.use_case,
            'model_type': one.model_type,
            'label': one.label,
            'description': one.description,
            'owner': one.owner,
            'tags': one.tags | join(', '),
            'training_set': one.training_set,
            'service': one.service,
            'evaluation': one.evaluation.name if one.evaluation else none,
            'predictions': one.predictions.name if one.predictions else none,
            'relation_name': one.relation,
        }) -%}
        {%- if one.runs -%}
            {%- set newest %}
    select
        {{ text_literal(one.name) }} as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from {{ one.runs }}
    ) as runs
    where run_number = 1
            {%- endset -%}
            {%- do facts.append(newest) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set declared = literal_rows({
        'model_name': 'string', 'use_case': 'string', 'model_type': 'string', 'label': 'string',
        'description': 'string', 'owner': 'string', 'tags': 'string', 'training_set': 'string',
        'service': 'string', 'evaluation': 'string', 'predictions': 'string', 'relation_name': 'string',
    }, rows) -%}
    {%- set known = _union_of(facts, {'model_name': 'string', 'trained_at': 'timestamp', 'rows_count': 'int64'}) -%}
    {%- set sql -%}
(
    select
        declared.*,
        known.trained_at,
        known.rows_count
    from {{ declared }} as declared
    left join {{ known }} as known on declared.model_name = known.model_name
)
    {%- endset -%}
    {{ return(sql) }}
{% endmacro %}
