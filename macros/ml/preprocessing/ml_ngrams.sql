{#-
  ML.NGRAMS: the runs of neighbours in an array of texts, of range[0] to range[1] at a time, each joined to one
  text; by where they start, then by how many they are.
-#}
{% macro ml_ngrams(array_input, range, separator=' ') %}
    {%- set lengths = _ml_setting(range) -%}
    {%- if lengths is not sequence or lengths is string or lengths | length != 2
        or lengths[0] is not integer or lengths[1] is not integer or not 1 <= lengths[0] <= lengths[1] -%}
        {{ _ml_refuse('ml_ngrams', 'range', range, 'give two whole numbers, such as [1, 2], the first at least 1') }}
    {%- endif -%}
    {%- set separator = _ml_setting(separator, ' ') | string -%}
    {{- return(adapter.dispatch('ml_ngrams', 'azekura')(array_input, lengths, separator)) -}}
{% endmacro %}

{% macro default__ml_ngrams(array_input, lengths, separator) %}
    {{- _no_such_side('ml_ngrams') -}}
{% endmacro %}

{% macro bigquery__ml_ngrams(array_input, lengths, separator) -%}
    ml.ngrams({{ array_input }}, {{ lengths }}, {{ text_literal(separator) }})
{%- endmacro %}

{% macro duckdb__ml_ngrams(array_input, lengths, separator) -%}
    {%- set array = _ml_operand(array_input) -%}
    flatten(list_transform(
        range(1, len({{ array }}) + 1),
        lambda bqml_first: list_transform(
            range(bqml_first + {{ lengths[0] - 1 }}, least(bqml_first + {{ lengths[1] - 1 }}, len({{ array }})) + 1),
            lambda bqml_last: array_to_string({{ array }}[bqml_first:bqml_last], {{ text_literal(separator) }})
        )
    ))
{%- endmacro %}
