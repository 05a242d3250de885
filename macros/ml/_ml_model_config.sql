{#-
  What the analyst declared for the model behind a relation: {name, model_type, label, options} of the
  `ml_model` node whose table it is. Known before anything has been trained, so a project compiles
  on an empty warehouse. A relation that no node of this project makes is refused by name.
-#}
{% macro _ml_model_config(relation, macro_name) %}
    {%- set text = relation if relation is string else relation.render() -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model'
        and node.config.materialized == 'ml_model'
        and text in [node.relation_name, (node.defer_relation or {}).get('relation_name')] -%}
        {%- set options = _ml_lower_keys(node.config.meta.get('ml', {})) -%}
        {{ return({
            'name': node.name,
            'model_type': (options.get('model_type') or '') | upper,
            'label': options.get('input_label_cols', ['label'])[0],
            'options': options,
        }) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        macro_name ~ " in " ~ model.name ~ ": " ~ relation ~ " is not a trained model; give the ref() of a"
        ~ " model with materialized='ml_model'."
    ) }}
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
