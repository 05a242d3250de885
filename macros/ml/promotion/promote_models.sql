{#-
  The last step of a retraining: puts each candidate that is good enough in the place of the live model.

    dbt run-operation discard_candidates --vars 'ml_candidate: true'
    dbt build --selector ml_train        --vars 'ml_candidate: true'
    dbt run-operation promote_models     --vars 'ml_candidate: true'

  A candidate is promoted if

  - there are rows to evaluate it on, and every `metric_within` of its evaluation holds: the floor;
  - it is not worse than the live model by one metric (`meta.promotion.metric`, else the first of
    `meta.headline`), give or take `meta.promotion.tolerance`. Both are measured on the candidate's evaluation rows,
    by the `data_split_col` of its training query, or on all rows if the model type has no split. Where the
    rows of a split cannot be told, or no longer hold what the live model reads, each is taken by what it
    measured when it was trained.

  The table of the model, or the MODEL, is replaced as one, and its trainings (`<model>__runs`) follow. What
  is not promoted stays where it is, and so does the live model.

  Appends a row per model to `ops.model_promotions` and prints, as JSON, {decisions: these rows, publish: the
  evaluations and predictions that read a model that was replaced, with the training sets they read}.
-#}
{% macro promote_models() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- do _ml_only_candidates('promote_models') -%}
    {%- set decisions, promoted = [], [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.config.materialized == 'ml_model' -%}
        {%- set decision = _ml_decision(node) -%}
        {%- if decision.is_promoted -%}
            {%- do _ml_promote(node) -%}
            {%- do promoted.append(node.unique_id) -%}
        {%- endif -%}
        {%- do decisions.append(decision) -%}
        {%- do log(node.name ~ (': promoted, ' if decision.is_promoted else ': kept, ') ~ decision.reason, info=true) -%}
    {%- endfor -%}
    {%- if decisions -%} {%- do _append_rows('model_promotions', _ml_promotion_columns(), decisions) -%} {%- endif -%}
    {{ print(tojson({'decisions': decisions, 'publish': _ml_to_publish(promoted)})) }}
{% endmacro %}


{% macro _ml_promotion_columns() %}
    {{ return({
        'decided_at': 'timestamp', 'invocation_id': 'string', 'model_name': 'string', 'is_promoted': 'bool',
        'reason': 'string', 'metric': 'string', 'candidate_value': 'float64', 'live_value': 'float64',
        'tolerance': 'float64', 'is_same_rows': 'bool', 'trained_run_id': 'string',
        'dag_id': 'string', 'run_id': 'string',
    }) }}
{% endmacro %}


{#- A row of model_promotions. -#}
{% macro _ml_decision(node) %}
    {%- set rule = _ml_promotion_rule(node) -%}
    {%- set decision = dict.fromkeys(_ml_promotion_columns()) -%}
    {%- do decision.update({
        'decided_at': modules.datetime.datetime.now(modules.pytz.utc).strftime('%Y-%m-%d %H:%M:%S.%f'),
        'invocation_id': invocation_id,
        'model_name': node.name,
        'is_promoted': false,
        'metric': rule.metric,
        'tolerance': rule.tolerance,
        'dag_id': dbt_metadata_envs.get('dag_id'),
        'run_id': dbt_metadata_envs.get('run_id'),
    }) -%}
    {%- set runs = _ml_runs_relation(_ml_relation_of(node)) -%}
    {%- if load_relation(runs) is none -%}
        {{ return(dict(decision, reason='it has not been trained: something before it failed or was skipped')) }}
    {%- endif -%}
    {%- set training = run_query('select run_id, training_query from ' ~ runs ~ ' order by trained_at desc limit 1').rows[0] -%}
    {%- do decision.update({'trained_run_id': training[0]}) -%}
    {%- set rows = _ml_evaluation_rows(node, training[1]) -%}
    {%- if rows is not none and run_query('select count(*) as n from (\n' ~ rows ~ '\n) as evaluation_rows').rows[0][0] == 0 -%}
        {{ return(dict(decision, reason='there are no rows to evaluate it on')) }}
    {%- endif -%}
    {%- set broken = _ml_broken_promises(node) -%}
    {%- if broken -%} {{ return(dict(decision, reason=broken | join('; '))) }} {%- endif -%}
    {%- if load_relation(_ml_runs_relation(_ml_live_relation(node))) is none -%}
        {{ return(dict(decision, is_promoted=true, reason='there was no live model')) }}
    {%- endif -%}
    {%- set measured = _ml_measured(node, rule.metric, training[1], rows) -%}
    {{ return(dict(dict(decision, **measured), **_ml_verdict(rule, measured))) }}
{% endmacro %}


{#- {metric, tolerance, is_more_better} of a model: how it is compared. A rule that cannot be meant is refused. -#}
{% macro _ml_promotion_rule(node) %}
    {%- set kind = _ml_model_config(node.relation_name, 'promote_models').kind -%}
    {%- set meta = node.config.get('meta') or {} -%}
    {%- set given = meta.get('promotion', {}) -%}
    {%- set metrics = {
        'regression': {
            'r2_score': true, 'explained_variance': true, 'mean_absolute_error': false, 'mean_squared_error': false,
            'mean_squared_log_error': false, 'median_absolute_error': false,
        },
        'classification': {
            'roc_auc': true, 'accuracy': true, 'f1_score': true, 'precision': true, 'recall': true, 'log_loss': false,
        },
        'KMEANS': {'davies_bouldin_index': false, 'mean_squared_distance': false},
        'PCA': {'total_explained_variance_ratio': true},
    }.get(kind, {}) -%}
    {%- set headline = [] -%}
    {%- for name in meta.get('headline', []) if name in metrics -%} {%- do headline.append(name) -%} {%- endfor -%}
    {%- set metric = given.get('metric') or (headline + metrics | list + [none])[0] -%}
    {%- set tolerance = given.get('tolerance', 0) -%}
    {%- set unknown = given.keys() | reject('in', ['metric', 'tolerance']) | list -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            node.name ~ ": meta.promotion has no " ~ unknown[0] ~ "; give metric and tolerance."
        ) }}
    {%- elif metric is not none and metric not in metrics -%}
        {{ exceptions.raise_compiler_error(
            node.name ~ ": meta.promotion.metric is " ~ metric ~ ", which models of its type are not compared by; give "
            ~ metrics | join(', ') ~ "."
        ) }}
    {%- elif tolerance is not number or tolerance is boolean or tolerance < 0 -%}
        {{ exceptions.raise_compiler_error(
            node.name ~ ": meta.promotion.tolerance is " ~ tolerance ~ "; give a number, 0 or more."
        ) }}
    {%- endif -%}
    {{ return({'metric': metric, 'tolerance': tolerance, 'is_more_better': metrics.get(metric)}) }}
{% endmacro %}


{#- What the candidate's evaluation does not keep of what `metric_within` promises, as sentences. -#}
{% macro _ml_broken_promises(node) %}
    {%- set broken = [] -%}
    {%- for evaluation in graph.nodes.values() | sort(attribute='name')
        if evaluation.resource_type == 'model' and evaluation.name.endswith('__evaluation')
        and node.unique_id in evaluation.depends_on.nodes -%}
        {%- set bounds = _ml_metric_bounds(evaluation.unique_id) -%}
        {%- set relation = load_relation(_ml_relation_of(evaluation)) -%}
        {%- if relation is none -%}
            {%- do broken.append(evaluation.name ~ ' could not be built') -%}
        {%- elif bounds -%}
            {%- set rows = run_query(
                'select ' ~ _quoted_list(bounds | map(attribute='column') | list) ~ ' from ' ~ relation
                ~ ' where model_name = ' ~ text_literal(node.name)
            ).rows -%}
            {%- if not rows -%} {%- do broken.append(evaluation.name ~ ' has no row of it') -%} {%- endif -%}
            {%- for row in rows -%}
                {%- for bound in bounds -%}
                    {%- set value = _ml_number(row[loop.index0]) -%}
                    {%- if value is none -%}
                        {%- do broken.append('it has no ' ~ bound.column) -%}
                    {%- elif bound.floor is not none and value < bound.floor -%}
                        {%- do broken.append(bound.column ~ ' ' ~ _ml_shown(value) ~ ' is below its floor ' ~ bound.floor) -%}
                    {%- elif bound.ceiling is not none and value > bound.ceiling -%}
                        {%- do broken.append(bound.column ~ ' ' ~ _ml_shown(value) ~ ' is above its ceiling ' ~ bound.ceiling) -%}
                    {%- endif -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(broken) }}
{% endmacro %}


{#- The bounds that tests of the project hold the columns of an evaluation to: {column, floor, ceiling}. -#}
{% macro _ml_metric_bounds(evaluation_id) %}
    {%- set bounds = [] -%}
    {%- for test in graph.nodes.values() | sort(attribute='unique_id')
        if test.resource_type == 'test' and test.attached_node == evaluation_id
        and (test.get('test_metadata') or {}).get('name') == 'metric_within' -%}
        {%- set given = test.test_metadata.kwargs -%}
        {%- do bounds.append({
            'column': test.column_name, 'floor': given.get('floor'), 'ceiling': given.get('ceiling'),
        }) -%}
    {%- endfor -%}
    {{ return(bounds) }}
{% endmacro %}


{#- {candidate_value, live_value, is_same_rows} of one metric. -#}
{% macro _ml_measured(node, metric, training_query, rows) %}
    {%- if metric is none -%} {{ return({'candidate_value': none, 'live_value': none, 'is_same_rows': none}) }} {%- endif -%}
    {%- set live = _ml_live_relation(node) -%}
    {%- set is_same_rows = rows is not none and _ml_live_can_read(node, live, training_query) -%}
    {%- set data = rows if is_same_rows else none -%}
    {%- set measured = run_query(
        'select candidate.' ~ adapter.quote(metric) ~ ' as candidate_value, live.' ~ adapter.quote(metric) ~ ' as live_value'
        ~ '\nfrom ' ~ ml_evaluate(node.relation_name, data) ~ ' as candidate'
        ~ '\ncross join ' ~ ml_evaluate(live.render(), data) ~ ' as live'
    ).rows[0] -%}
    {{ return({
        'candidate_value': _ml_number(measured[0]), 'live_value': _ml_number(measured[1]), 'is_same_rows': is_same_rows,
    }) }}
{% endmacro %}


{#- The rows that a model is evaluated on, as a query; none if only the training knows them. -#}
{% macro _ml_evaluation_rows(node, training_query) %}
    {%- set trained = _ml_model_config(node.relation_name, 'promote_models') -%}
    {%- set column = trained.options.get('data_split_col') -%}
    {%- if trained.label is none -%} {{ return(training_query) }}
    {%- elif (trained.options.get('data_split_method') or '') | lower == 'custom' and column -%}
        {{ return('select *\nfrom (\n' ~ training_query ~ '\n) as training_rows\nwhere ' ~ adapter.quote(column)) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{#- Whether the rows have the columns that the live model was trained on, its label included. -#}
{% macro _ml_live_can_read(node, live, training_query) %}
    {%- set label = _ml_model_config(node.relation_name, 'promote_models').label -%}
    {%- set columns = [] -%}
    {%- for name in get_columns_in_query(training_query) -%} {%- do columns.append(name | lower) -%} {%- endfor -%}
    {%- set features = run_query('select input from ' ~ ml_feature_info(live.render()) ~ ' as info').columns[0].values() -%}
    {%- for name in features | list + ([label] if label is not none else []) if name | lower not in columns -%}
        {{ return(false) }}
    {%- endfor -%}
    {{ return(true) }}
{% endmacro %}


{#- {is_promoted, reason}. -#}
{% macro _ml_verdict(rule, measured) %}
    {%- set candidate, live = measured.candidate_value, measured.live_value -%}
    {%- if rule.metric is none -%}
        {{ return({'is_promoted': true, 'reason': 'models of its type are not measured'}) }}
    {%- elif candidate is none -%}
        {{ return({'is_promoted': false, 'reason': 'it has no ' ~ rule.metric}) }}
    {%- elif live is none -%}
        {{ return({'is_promoted': true, 'reason': 'the live model has no ' ~ rule.metric}) }}
    {%- endif -%}
    {%- set loss = live - candidate if rule.is_more_better else candidate - live -%}
    {#- sums of the same numbers differ in their last digits -#}
    {%- set is_promoted = loss <= rule.tolerance + 1e-9 * live | abs -%}
    {{ return({
        'is_promoted': is_promoted,
        'reason': rule.metric ~ ' ' ~ _ml_shown(candidate) ~ (' is not worse than ' if is_promoted else ' is worse than ')
            ~ _ml_shown(live) ~ ' of the live model'
            ~ (', tolerance ' ~ rule.tolerance if rule.tolerance else '')
            ~ ('' if measured.is_same_rows else ', each on its own evaluation rows'),
    }) }}
{% endmacro %}


{#- A number that is one, as a float; none for NULL and NaN. -#}
{% macro _ml_number(value) %}
    {%- set number = value | float if value is not none else none -%}
    {{ return(number if number is not none and number == number else none) }}
{% endmacro %}


{% macro _ml_shown(value) %}
    {{ return('%.6g' | format(value)) }}
{% endmacro %}


{#-
  Puts the candidate in the place of the live model. On DuckDB model and trainings are replaced in one transaction;
  BigQuery copies a model by a job, whole or not at all, and its trainings follow.
-#}
{% macro _ml_promote(node) %}
    {%- set candidate, live = _ml_relation_of(node), _ml_live_relation(node) -%}
    {%- do adapter.create_schema(live) -%}
    {%- if target.type == 'bigquery' -%}
        {%- do _ml_copy_model(candidate, live) -%}
        {%- do run_query(_ml_copy_runs_sql(candidate, live)) -%}
    {%- else -%}
        {%- do run_query(
            'begin transaction;\n' ~ _duckdb_ml_copy_model_sql(candidate, live) ~ ';\n' ~ _ml_copy_runs_sql(candidate, live) ~ ';\ncommit'
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro _ml_copy_model(source, destination) %}
    {%- if target.type == 'bigquery' -%}
        {%- do adapter.copy_table(source, destination, 'table') -%}
    {%- else -%}
        {#- the engine sees what is committed -#}
        {%- call statement('copy_model') -%} {{ _duckdb_ml_copy_model_sql(source, destination) }} {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{% endmacro %}


{% macro _duckdb_ml_copy_model_sql(source, destination) -%}
create or replace table {{ destination }} as (select * from {{ source }})
{%- endmacro %}


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
