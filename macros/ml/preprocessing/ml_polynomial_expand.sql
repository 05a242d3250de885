{#-
  ML.POLYNOMIAL_EXPAND: a struct of the products of 1 to `degree` numbers, a number with itself included:
  f1, f1_f1, f1_f2, f2, f2_f2. A product with a NULL in it is NULL.
-#}
{% macro ml_polynomial_expand(struct_features, degree=2) %}
    {%- set fields = _ml_fields('ml_polynomial_expand', struct_features) -%}
    {%- set degree = _ml_whole_number('ml_polynomial_expand', 'degree', degree, 1, 4, default=2) -%}
    {{- return(adapter.dispatch('ml_polynomial_expand', 'azekura')(fields, degree)) -}}
{% endmacro %}

{% macro default__ml_polynomial_expand(fields, degree) %}
    {{- _no_such_side('ml_polynomial_expand') -}}
{% endmacro %}

{% macro bigquery__ml_polynomial_expand(fields, degree) -%}
    ml.polynomial_expand({{ _bigquery_ml_struct(fields) }}, {{ degree }})
{%- endmacro %}

{% macro duckdb__ml_polynomial_expand(fields, degree) -%}
    {%- set products = [] -%}
    {%- for combination in _ml_combinations(fields, degree, with_repetition=true) -%}
        {%- set factors = [] -%}
        {%- for field in combination -%} {%- do factors.append('cast(' ~ field.expression ~ ' as double)') -%} {%- endfor -%}
        {%- do products.append(
            text_literal(combination | map(attribute='name') | join('_')) ~ ': ' ~ factors | join(' * ')
        ) -%}
    {%- endfor -%}
    { {{- products | join(', ') -}} }
{%- endmacro %}
