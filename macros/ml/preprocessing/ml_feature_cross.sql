{#-
  ML.FEATURE_CROSS: a struct of the combinations of 2 to `degree` texts, each a text of its values joined by
  underscores: f1_f2, f1_f3, f2_f3. A combination with a NULL in it is NULL.
-#}
{% macro ml_feature_cross(struct_features, degree=2) %}
    {%- set fields = _ml_fields('ml_feature_cross', struct_features) -%}
    {%- if fields | length < 2 -%}
        {{ _ml_refuse('ml_feature_cross', 'struct_features', '1 feature', 'give 2 to 10') }}
    {%- endif -%}
    {%- set degree = _ml_whole_number('ml_feature_cross', 'degree', degree, 2, 4, default=2) -%}
    {{- return(adapter.dispatch('ml_feature_cross', 'azekura')(fields, degree)) -}}
{% endmacro %}

{% macro default__ml_feature_cross(fields, degree) %}
    {{- _no_such_side('ml_feature_cross') -}}
{% endmacro %}

{% macro bigquery__ml_feature_cross(fields, degree) -%}
    ml.feature_cross({{ _bigquery_ml_struct(fields) }}, {{ degree }})
{%- endmacro %}

{% macro duckdb__ml_feature_cross(fields, degree) -%}
    {%- set crosses = [] -%}
    {%- for combination in _ml_combinations(fields, degree, with_repetition=false) if combination | length > 1 -%}
        {%- set values = [] -%}
        {%- for field in combination -%} {%- do values.append(_ml_operand(field.expression)) -%} {%- endfor -%}
        {%- do crosses.append(
            text_literal(combination | map(attribute='name') | join('_')) ~ ': ' ~ values | join(" || '_' || ")
        ) -%}
    {%- endfor -%}
    { {{- crosses | join(', ') -}} }
{%- endmacro %}
