{#-
  The trained models of the project, from dbt's graph, by name: {name, use_case, model_type, kind, options, label,
  relation, runs, description, owner, tags, training_set, service, evaluation, predictions}. The last four are none
  where there is none; predictions are those that the use case makes with this model. evaluation and
  predictions are {name, relation, columns}.
-#}
{% macro _trained_models() %}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.config.materialized == 'ml_model' -%}
        {%- set config = _ml_model_config(node.relation_name, 'the catalogue') -%}
        {%- set meta = node.config.get('meta') or {} -%}
        {%- set around = _models_around(node) -%}
        {%- set training_set = around.above.get('training_set') or {} -%}
        {%- do found.append({
            'name': node.name,
            'use_case': node.original_file_path.replace('\\', '/').split('/')[-2],
            'model_type': config.model_type,
            'kind': config.kind,
            'options': config.options,
            'importance': config.importance,
            'label': config.label,
            'label_type': _column_type(training_set, config.label),
            'relation': node.relation_name,
            'runs': _training_runs(node),
            'description': _one_line(node.description),
            'owner': meta.get('owner'),
            'tags': meta.get('tags') or [],
            'training_set': training_set.get('name'),
            'service': ((training_set.get('config', {}).get('meta') or {}).get('feature_service') or {}).get('name'),
            'evaluation': _read_by_catalogue(around.below.get('evaluation')),
            'predictions': _read_by_catalogue(around.below.get('predictions')),
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- The models that a model reads (`above`) and that read it (`below`), by the end of their names: their role. -#}
{% macro _models_around(node) %}
    {%- set around = {'above': {}, 'below': {}} -%}
    {%- for other in graph.nodes.values() | sort(attribute='unique_id') if other.resource_type == 'model' -%}
        {%- set role = {other.name.split('__')[-1]: other} -%}
        {%- do around.above.update(role if other.unique_id in node.depends_on.nodes else {}) -%}
        {%- do around.below.update(role if node.unique_id in other.depends_on.nodes else {}) -%}
    {%- endfor -%}
    {{ return(around) }}
{% endmacro %}


{% macro _read_by_catalogue(node) %}
    {%- if not node -%} {{ return(none) }} {%- endif -%}
    {{ return({
        'name': node.name, 'unique_id': node.unique_id, 'relation': node.relation_name, 'columns': node.columns,
    }) }}
{% endmacro %}


{#- A column's declared type by BigQuery's name; none where it is not declared. -#}
{% macro _column_type(node, name) %}
    {%- set columns = node.get('columns', {}) -%}
    {{ return((columns[name].data_type or '') | upper if name in columns else none) }}
{% endmacro %}


{#-
  Where the trainings of a model are written down (_ml_record_run); none where it has not been trained since they
  are, which is asked when something is built.
-#}
{% macro _training_runs(node) %}
    {%- set runs = _ml_runs_relation(_ml_relation_of(node)) -%}
    {%- if flags.WHICH in ['run', 'build'] and load_relation(runs) is none -%} {{ return(none) }} {%- endif -%}
    {{ return(runs.render()) }}
{% endmacro %}
