{#-
  ML.LP_NORM: the length of an array of numbers by the p-norm of a degree: 1 adds their magnitudes, 2 is Euclid's,
  infinity takes the greatest magnitude, and 0 counts those that are not 0.
-#}
{% macro ml_lp_norm(vector, degree) %}
    {%- set degree = _ml_norm_degree('ml_lp_norm', 'degree', degree) -%}
    {{- return(adapter.dispatch('ml_lp_norm', 'azekura')(vector, degree)) -}}
{% endmacro %}

{% macro default__ml_lp_norm(vector, degree) %}
    {{- _no_such_side('ml_lp_norm') -}}
{% endmacro %}

{% macro bigquery__ml_lp_norm(vector, degree) -%}
    ml.lp_norm({{ vector }}, {{ _bigquery_ml_degree(degree) }})
{%- endmacro %}

{% macro duckdb__ml_lp_norm(vector, degree) -%}
    {%- set numbers = 'cast(' ~ vector ~ ' as double[])' -%}
    {%- if degree == 0 -%}
        cast(len(list_filter({{ numbers }}, lambda bqml_number: bqml_number != 0)) as double)
    {%- elif degree == 1 -%}
        list_sum(list_transform({{ numbers }}, lambda bqml_number: abs(bqml_number)))
    {%- elif degree == 2 -%}
        sqrt(list_sum(list_transform({{ numbers }}, lambda bqml_number: bqml_number * bqml_number)))
    {%- elif degree | string == 'inf' -%}
        list_max(list_transform({{ numbers }}, lambda bqml_number: abs(bqml_number)))
    {%- else -%}
        pow(list_sum(list_transform({{ numbers }}, lambda bqml_number: pow(abs(bqml_number), {{ degree }}))), 1.0 / {{ degree }})
    {%- endif -%}
{%- endmacro %}


{#- The degree of a norm in BigQuery's SQL. -#}
{% macro _bigquery_ml_degree(degree) -%}
    {{ "cast('+inf' as float64)" if degree | string == 'inf' else degree }}
{%- endmacro %}
