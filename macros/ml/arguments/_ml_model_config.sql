{#-
  What the analyst declared for the model behind a relation: {name, model_type, kind, label, label_kind, goes_by,
  importance, options, node} of the `ml_model` node whose table it is; `label` is none for a model type without one. Known before
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
        {%- set model_type = _ml_type_named(options.get('model_type')) -%}
        {%- set row = ml_model_type_table().get(model_type, {'kind': model_type, 'label': none, 'goes_by': [model_type]}) -%}
        {{ return({
            'name': node.name,
            'model_type': model_type,
            'kind': row.kind,
            'label': _ml_label(model_type, options),
            'label_kind': row.label,
            'goes_by': row.goes_by,
            'importance': row.importance,
            'options': options,
            'node': node,
        }) }}
    {%- endfor -%}
    {%- do _refuse(
        macro_name, relation ~ " is not a trained model; give the ref() of a"
        ~ " model with materialized='ml_model'."
    ) -%}
{% endmacro %}


{#- The same for a function that is not for all model types; a model of another is refused. -#}
{% macro _ml_model_for(relation, macro_name) %}
    {%- set trained = _ml_model_config(relation, macro_name) -%}
    {%- if _ml_columns(trained, macro_name) is none -%}
        {%- set is_left_out = trained.model_type in _ml_function(macro_name).without -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "it is for " ~ _ml_function(macro_name)['for']
            ~ (", but not for " if is_left_out else ", and the model is ") ~ trained.model_type
            ~ "; give a model of " ~ ("another type." if is_left_out else "that type.")
        ) -%}
    {%- endif -%}
    {{ return(trained) }}
{% endmacro %}


{#- The row of the table of functions for a macro: that of ML.CENTROIDS for ml_centroids. -#}
{% macro _ml_function(macro_name) %}
    {{ return(ml_function_table()[macro_name.removeprefix('ml_') | upper]) }}
{% endmacro %}


{#-
  The columns of a function for a trained model, as in that table; none if the function is not for it. A setting may
  ask for others.
-#}
{% macro _ml_columns(trained, macro_name, settings={}) %}
    {%- set function = _ml_function(macro_name) -%}
    {%- for condition, columns in function.columns_if.items()
        if condition in _ml_conditions(settings) and trained.kind in columns -%}
        {{ return(columns[trained.kind]) }}
    {%- endfor -%}
    {%- for key in trained.goes_by if key in function.columns and trained.model_type not in function.without -%}
        {{ return(function.columns[key]) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}


{#- Settings as the table of functions writes them where columns depend on one. -#}
{% macro _ml_conditions(settings) %}
    {%- set conditions = [] -%}
    {%- for name, value in settings.items() -%} {%- do conditions.append(name ~ ' = ' ~ tojson(value)) -%} {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}


{#- What of the data follows the columns of a function for a trained model: all, others, transformed or nothing. -#}
{% macro _ml_keeps(trained, macro_name) %}
    {%- set keeps = _ml_function(macro_name).keeps -%}
    {%- for key in trained.goes_by if key in keeps -%} {{ return(keeps[key]) }} {%- endfor -%}
    {{ return('') }}
{% endmacro %}


{#- The name of the label column; none for a model type that has no label. -#}
{% macro _ml_label(model_type, options) %}
    {%- if not ml_model_type_table().get(model_type, {}).get('label') -%} {{ return(none) }} {%- endif -%}
    {{ return(options.get('input_label_cols', ml_option_table()[model_type].input_label_cols.default)[0]) }}
{% endmacro %}


{#- The name of today, in upper case, of a model type that may be called by an old one. -#}
{% macro _ml_type_named(written) %}
    {%- set name = (written or '') | upper -%}
    {%- for type, row in ml_model_type_table().items() if row.old_name == name and name -%} {{ return(type) }} {%- endfor -%}
    {{ return(name) }}
{% endmacro %}


{#- Option names are case-insensitive in BigQuery. -#}
{% macro _ml_lower_keys(options) %}
    {%- set lowered = {} -%}
    {%- for name, value in options.items() -%} {%- do lowered.update({name | lower: value}) -%} {%- endfor -%}
    {{ return(lowered) }}
{% endmacro %}
