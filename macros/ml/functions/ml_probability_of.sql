{#- The probability of one label in a predicted_<label>_probs column; `label` is an SQL literal. -#}
{% macro ml_probability_of(probs, label) %}
    {{- return(adapter.dispatch('ml_probability_of', 'azekura')(probs, label)) -}}
{% endmacro %}

{% macro default__ml_probability_of(probs, label) %}
    {{- _no_such_side('ml_probability_of') -}}
{% endmacro %}

{% macro bigquery__ml_probability_of(probs, label) -%}
    (select class.prob from unnest({{ probs }}) as class where class.label = {{ label }})
{%- endmacro %}

{% macro duckdb__ml_probability_of(probs, label) -%}
    list_filter({{ probs }}, lambda class: class['label'] = {{ label }})[1]['prob']
{%- endmacro %}
