{#-
  The last step of a retraining: puts each candidate that is good enough in the place of the live model.

    dbt run-operation discard_candidates --vars 'ml_candidate: true'
    dbt build --selector ml_train        --vars 'ml_candidate: true'
    dbt run --selector ml_decide         --vars 'ml_candidate: true'
    dbt run-operation promote_models     --vars 'ml_candidate: true'

  Which are good enough, the third says: the table model_promotion_decisions. A decision about another training, of
  the candidate or of the live model, is refused before anything is replaced.

  The table of the model, or the MODEL, is replaced as one, and its trainings (`<model>__runs`) follow. What
  is not promoted stays where it is, and so does the live model.

  Appends a row per model to `ops.model_promotions` and prints, as JSON, {decisions: these rows, publish: the
  evaluations and predictions that read a model that was replaced, with the training sets they read}.
-#}
{% macro promote_models() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- do _ml_only_candidates('promote_models') -%}
    {%- set decisions = _ml_decisions() -%}
    {%- set promoted = [] -%}
    {%- for node in _ml_candidates() if decisions[node.name].is_promoted -%}
        {%- set candidate, live = _ml_relation_of(node), _ml_live_relation(node) -%}
        {%- do adapter.create_schema(live) -%}
        {%- do _ml_copy_model(candidate, live, _ml_copy_runs_sql(candidate, live)) -%}
        {%- do promoted.append(node.unique_id) -%}
    {%- endfor -%}
    {%- for name, decision in decisions.items() -%}
        {%- do log(name ~ (': promoted, ' if decision.is_promoted else ': kept, ') ~ decision.reason, info=true) -%}
    {%- endfor -%}
    {%- set rows = decisions.values() | list -%}
    {%- if rows -%} {%- do _append_rows('model_promotions', _ml_promotion_columns(), rows) -%} {%- endif -%}
    {{ print(tojson({'decisions': rows, 'publish': _ml_to_publish(promoted)})) }}
{% endmacro %}


{% macro _ml_promotion_columns() %}
    {{ return({
        'decided_at': 'timestamp', 'invocation_id': 'string', 'model_name': 'string', 'is_promoted': 'bool',
        'reason': 'string', 'metric': 'string', 'candidate_value': 'float64', 'live_value': 'float64',
        'tolerance': 'float64', 'is_same_rows': 'bool', 'trained_run_id': 'string',
        'dag_id': 'string', 'run_id': 'string',
    }) }}
{% endmacro %}


{#- By the name of each model, a row of model_promotions: the decision about the candidate that is there. -#}
{% macro _ml_decisions() %}
    {%- set found = _ml_decisions_found() -%}
    {%- set decisions = {} -%}
    {%- for node in _ml_candidates() -%}
        {%- set decision = found.get(node.name, {}) -%}
        {%- if not decision
            or decision.trained_run_id != _ml_newest_training(_ml_relation_of(node)).get('run_id')
            or decision.live_run_id != _ml_newest_training(_ml_live_relation(node)).get('run_id') -%}
            {{ exceptions.raise_compiler_error(
                "promote_models: " ~ node.name ~ " or its candidate is another than model_promotion_decisions is about; run"
                ~ " dbt run --selector ml_decide --vars 'ml_candidate: true', then this."
            ) }}
        {%- endif -%}
        {%- do decision.pop('live_run_id') -%}
        {%- do decisions.update({node.name: dict(
            decision,
            decided_at=modules.datetime.datetime.now(modules.pytz.utc).strftime('%Y-%m-%d %H:%M:%S.%f'),
            invocation_id=invocation_id,
            dag_id=dbt_metadata_envs.get('dag_id'),
            run_id=dbt_metadata_envs.get('run_id'),
        )}) -%}
    {%- endfor -%}
    {{ return(decisions) }}
{% endmacro %}


{#- The rows of model_promotion_decisions, by the name of the model. -#}
{% macro _ml_decisions_found() %}
    {%- set node = graph.nodes.values() | selectattr('name', 'equalto', 'model_promotion_decisions') | first -%}
    {%- set table = _ml_relation_of(node) -%}
    {%- set found = {} -%}
    {%- if load_relation(table) is not none -%}
        {%- for row in run_query(
            'select model_name, is_promoted, reason, metric, candidate_value, live_value, tolerance, is_same_rows,'
            ~ ' trained_run_id, live_run_id from ' ~ table
        ).rows -%}
            {%- set decision = dict(row.dict()) -%}
            {#- a number of the warehouse is a Decimal here, which is no JSON -#}
            {%- for name in ['candidate_value', 'live_value', 'tolerance'] if decision[name] is not none -%}
                {%- do decision.update({name: decision[name] | float}) -%}
            {%- endfor -%}
            {%- do found.update({decision.model_name: decision}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro _ml_copy_runs_sql(candidate, live) -%}
{%- set columns = _ml_runs_columns() | join(', ') -%}
create table if not exists {{ _ml_runs_relation(live) }} ({{ _ml_runs_definition() }});
insert into {{ _ml_runs_relation(live) }} ({{ columns }})
select {{ columns }}
from {{ _ml_runs_relation(candidate) }}
where run_id not in (select run_id from {{ _ml_runs_relation(live) }})
{%- endmacro %}


{#- By name, the tables to build anew: those that read a replaced model, all of whose models are there, and their training sets. -#}
{% macro _ml_to_publish(promoted) %}
    {%- set names = [] -%}
    {%- for reader in graph.nodes.values() | sort(attribute='name')
        if reader.resource_type == 'model' and reader.config.materialized in ['table', 'view'] -%}
        {%- set trained, training_sets, missing = [], [], [] -%}
        {%- for above in reader.depends_on.nodes if above in graph.nodes -%}
            {%- set node = graph.nodes[above] -%}
            {%- if node.config.materialized == 'ml_model' -%}
                {%- if above in promoted -%} {%- do trained.append(above) -%}
                {%- elif load_relation(_ml_runs_relation(_ml_live_relation(node))) is none -%} {%- do missing.append(above) -%}
                {%- endif -%}
            {%- elif _ml_is_retrained(node) -%} {%- do training_sets.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if trained and not missing -%}
            {%- for name in training_sets + [reader.name] if name not in names -%} {%- do names.append(name) -%} {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
