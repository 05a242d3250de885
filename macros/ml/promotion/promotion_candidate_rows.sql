{#-
  One row per candidate, with what is known and measured of it, by which it is judged: columns below. No rows
  without the var `ml_candidate`.

    trained_run_id          the candidate's newest training; NULL if it has not been trained
    live_run_id             the live model's; NULL if there is none
    evaluation_rows_count   rows that the candidate is evaluated on; NULL if only its training knows them
    metric                  what both are compared by; NULL if models of its type are not measured
    is_more_better          whether more of it is better
    tolerance               how much worse the candidate may be
    candidate_value,        the metric of both, on the candidate's evaluation rows: those with its data_split_col set, or
    live_value              all rows where a model type has no split. Where these rows cannot be told, or no longer hold
                            what the live model reads, each is taken by what it measured when it was trained.
    is_same_rows            whether both were measured on the same rows

  Both are measured where there are both, and rows to measure them on.
-#}
{% macro promotion_candidate_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set rows, measured = [], [] -%}
    {%- for node in _ml_candidates() -%}
        {%- set trained = _ml_newest_training(_ml_relation_of(node)) -%}
        {%- set live = _ml_newest_training(_ml_live_relation(node)) -%}
        {%- set row = dict(_ml_promotion_rule(node), trained_run_id=trained.get('run_id'), live_run_id=live.get('run_id')) -%}
        {%- set query = _ml_evaluation_rows(node, trained.training_query) if trained else none -%}
        {%- do row.update({'evaluation_rows_count': _ml_count(query) if query else none}) -%}
        {%- if trained and live and row.metric and row.evaluation_rows_count != 0 -%}
            {%- set is_same_rows = query is not none and _ml_live_can_read(node, trained.training_query) -%}
            {%- do row.update({'is_same_rows': is_same_rows}) -%}
            {%- do measured.append(_ml_both_measured(node, row.metric, query if is_same_rows else none)) -%}
        {%- endif -%}
        {%- do rows.append(row) -%}
    {%- endfor -%}
    {%- set sql -%}
(
    select
        known.*,
        measured.candidate_value,
        measured.live_value
    from {{ literal_rows({
        'model_name': 'string', 'trained_run_id': 'string', 'live_run_id': 'string', 'evaluation_rows_count': 'int64',
        'metric': 'string', 'is_more_better': 'bool', 'tolerance': 'float64', 'is_same_rows': 'bool',
    }, rows) }} as known
    left join {{ _union_of(measured, {
        'model_name': 'string', 'candidate_value': 'float64', 'live_value': 'float64',
    }) }} as measured on known.model_name = measured.model_name
)
    {%- endset -%}
    {{ return(sql) }}
{% endmacro %}


{#- One metric of a candidate and of the live model, on the same rows or, without any, each on its own. -#}
{% macro _ml_both_measured(node, metric, rows) %}
    select
        {{ text_literal(node.name) }} as model_name,
        cast(candidate.{{ adapter.quote(metric) }} as {{ dbt.type_float() }}) as candidate_value,
        cast(live.{{ adapter.quote(metric) }} as {{ dbt.type_float() }}) as live_value
    from {{ ml_evaluate(node.relation_name, rows) }} as candidate
    cross join {{ ml_evaluate(_ml_live_relation(node).render(), rows) }} as live
{%- endmacro %}


{#- The rows that a model is evaluated on, as a query; none if only the training knows them. -#}
{% macro _ml_evaluation_rows(node, training_query) %}
    {%- set declared = _ml_model_config(node.relation_name, 'promotion_candidate_rows') -%}
    {%- set column = declared.options.get('data_split_col') -%}
    {%- if ml_model_type_table()[declared.model_type].split == 'none' -%} {{ return(training_query) }} {%- endif -%}
    {%- if (declared.options.get('data_split_method') or '') | lower != 'custom' or not column -%} {{ return(none) }} {%- endif -%}
    {{ return('select *\nfrom (\n' ~ training_query ~ '\n) as training_rows\nwhere ' ~ adapter.quote(column)) }}
{% endmacro %}


{% macro _ml_count(query) %}
    {{ return(run_query('select count(*) as n from (\n' ~ query ~ '\n) as evaluation_rows').rows[0][0] | int) }}
{% endmacro %}


{#- Whether the rows have the columns that the live model was trained on, its label included. -#}
{% macro _ml_live_can_read(node, training_query) %}
    {%- set live = _ml_live_relation(node).render() -%}
    {%- set label = _ml_model_config(node.relation_name, 'promotion_candidate_rows').label -%}
    {%- set columns = get_columns_in_query(training_query) | map('lower') | list -%}
    {%- set features = run_query('select input from ' ~ ml_feature_info(live) ~ ' as info').columns[0].values() | list -%}
    {{ return((features + ([label] if label else [])) | map('lower') | reject('in', columns) | list | length == 0) }}
{% endmacro %}


{#-
  How a model is compared, {model_name, metric, tolerance, is_more_better}: what its `meta.promotion` says, else by the
  first metric of `meta.headline` that models of its type have, else by that of its type. A rule that cannot be
  meant is refused.
-#}
{% macro _ml_promotion_rule(node) %}
    {%- set type = ml_model_type_table()[_ml_model_config(node.relation_name, 'promotion_candidate_rows').model_type] -%}
    {%- set meta = node.config.get('meta') or {} -%}
    {%- set given = meta.get('promotion', {}) -%}
    {%- set headline = meta.get('headline', []) | select('in', type.metrics) | list -%}
    {%- set metric = given.get('metric') or (headline + [type.headline])[0] -%}
    {%- set tolerance = given.get('tolerance', 0) -%}
    {%- set unknown = given.keys() | reject('in', ['metric', 'tolerance']) | list -%}
    {%- set wrong = namespace(is='') -%}
    {%- if unknown -%}
        {%- set wrong.is = ' has no ' ~ unknown[0] ~ '; give metric and tolerance.' -%}
    {%- elif metric is not none and metric not in type.metrics -%}
        {%- set wrong.is = '.metric is ' ~ metric ~ ', which models of its type are not compared by; give '
            ~ type.metrics | join(', ') ~ '.' -%}
    {%- elif tolerance is not number or tolerance is boolean or tolerance < 0 -%}
        {%- set wrong.is = '.tolerance is ' ~ tolerance ~ '; give a number, 0 or more.' -%}
    {%- endif -%}
    {%- if wrong.is -%} {{ exceptions.raise_compiler_error(node.name ~ ': meta.promotion' ~ wrong.is) }} {%- endif -%}
    {{ return({
        'model_name': node.name, 'metric': metric, 'tolerance': tolerance,
        'is_more_better': type.metrics[metric] == 'more' if metric else none,
    }) }}
{% endmacro %}
