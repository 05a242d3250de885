{#-
  What the analyst declared for the model behind a relation: {name, model_type, kind, label, options, node}
  of the `ml_model` node whose table it is; `label` is none for a model type without one. Known before
  anything has been trained, so a project compiles on an empty warehouse. A candidate and the live model are of one
  node. A relation that no node of this project makes is refused by name.
-#}
{% macro _ml_model_config(relation, macro_name) %}
    {%- set text = _ml_relation(relation) -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model'
        and node.config.materialized == 'ml_model'
        and text in [
            node.relation_name,
            (node.defer_relation or {}).get('relation_name'),
            _ml_live_relation(node).render() if (node.schema or '').endswith('_candidate'),
        ] -%}
        {%- set options = _ml_lower_keys(node.config.meta.get('ml', {})) -%}
        {%- set model_type = (options.get('model_type') or '') | upper -%}
        {{ return({
            'name': node.name,
            'model_type': model_type,
            'kind': _ml_kind(model_type),
            'label': _ml_label(model_type, options),
            'options': options,
            'node': node,
        }) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        macro_name ~ " in " ~ model.name ~ ": " ~ relation ~ " is not a trained model; give the ref() of a"
        ~ " model with materialized='ml_model'."
    ) }}
{% endmacro %}


{#- A trained model by its name, also with --empty, which makes of ref() a query without rows. -#}
{% macro _ml_relation(model) %}
    {{ return(model if model is string else model.render()) }}
{% endmacro %}


{#-
  What a model type has in common with others that give the same columns: 'regression', 'classification',
  or its own name.
-#}
{% macro _ml_kind(model_type) %}
    {%- set kinds = {
        'LINEAR_REG': 'regression',
        'BOOSTED_TREE_REGRESSOR': 'regression',
        'RANDOM_FOREST_REGRESSOR': 'regression',
        'LOGISTIC_REG': 'classification',
        'BOOSTED_TREE_CLASSIFIER': 'classification',
        'RANDOM_FOREST_CLASSIFIER': 'classification',
    } -%}
    {{ return(kinds.get(model_type, model_type)) }}
{% endmacro %}


{#- The same for a function that is for some model types, or kinds of them, only; any other is refused. -#}
{% macro _ml_model_of_type(relation, macro_name, types) %}
    {%- set trained = _ml_model_config(relation, macro_name) -%}
    {%- if trained.model_type not in types and trained.kind not in types -%}
        {{ exceptions.raise_compiler_error(
            macro_name ~ " of " ~ trained.name ~ ": it is for " ~ types | join(' and ') ~ ", and the model is "
            ~ trained.model_type ~ "; give a model of that type."
        ) }}
    {%- endif -%}
    {{ return(trained) }}
{% endmacro %}


{#- Refuses a threshold that cannot mean anything. -#}
{% macro _ml_threshold_is_for_classifiers(macro_name, trained, threshold) %}
    {%- if threshold is not none and trained.kind != 'classification' -%}
        {{ exceptions.raise_compiler_error(
            macro_name ~ " of " ~ trained.name ~ ": threshold is for binary classifiers, and the model is "
            ~ trained.model_type ~ "; leave it out."
        ) }}
    {%- elif threshold is not none and (threshold is boolean or threshold is not number or not 0 <= threshold <= 1) -%}
        {{ exceptions.raise_compiler_error(
            macro_name ~ " of " ~ trained.name ~ ": threshold must be a number between 0 and 1, got "
            ~ tojson(threshold) ~ "."
        ) }}
    {%- endif -%}
{% endmacro %}


{#-
  Refuses a model that knows more than two classes; `subject` is what needs two. On an empty warehouse nobody
  knows how many there will be.
-#}
{% macro _duckdb_ml_require_binary(macro_name, trained, subject, advice) %}
    {%- set classes = _duckdb_ml_trained(trained, 'len(label_classes)') -%}
    {%- if classes is not none and classes[0] != 2 -%}
        {{ exceptions.raise_compiler_error(
            macro_name ~ " of " ~ trained.name ~ ": " ~ subject ~ " needs a binary classifier, and the model knows "
            ~ classes[0] ~ " classes; " ~ advice ~ "."
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro _ml_threshold_needs_data(macro_name, model, data, threshold) %}
    {%- if threshold is not none and data is none -%}
        {{ exceptions.raise_compiler_error(
            macro_name ~ " of " ~ model ~ ": threshold needs data; give the rows to evaluate on."
        ) }}
    {%- endif -%}
{% endmacro %}


{#- The name of the label column; none for a model type that has no label. -#}
{% macro _ml_label(model_type, options) %}
    {%- set rule = ml_option_table().get(model_type, {}).get('input_label_cols') -%}
    {{ return(options.get('input_label_cols', rule.default)[0] if rule else none) }}
{% endmacro %}


{#- Option names are case-insensitive in BigQuery. -#}
{% macro _ml_lower_keys(options) %}
    {%- set lowered = {} -%}
    {%- for name, value in options.items() -%} {%- do lowered.update({name | lower: value}) -%} {%- endfor -%}
    {{ return(lowered) }}
{% endmacro %}


{#- A relation, the name of a CTE, or a query, as something to select from. -#}
{% macro _ml_data(data) -%}
    {%- if data is string and not modules.re.match('[A-Za-z0-9_."`-]+$', data.strip()) -%}
        (
{{ data }}
        )
    {%- else -%}
        {{ data }}
    {%- endif -%}
{%- endmacro %}


{#- The same as the data argument of a BigQuery ML function, which takes a query. -#}
{% macro _ml_query(data) -%}
    {%- set source = _ml_data(data).strip() -%}
    {{ source if source.startswith('(') else '(select * from ' ~ source ~ ')' }}
{%- endmacro %}
