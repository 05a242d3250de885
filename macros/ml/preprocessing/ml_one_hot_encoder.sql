{#-
  ML.ONE_HOT_ENCODER: a text as an array of one struct (index INT64, value FLOAT64). The index is what
  ml_label_encoder gives, the value is 1; with drop='most_frequent' the most frequent category has the value 0.
-#}
{% macro ml_one_hot_encoder(string_expression, drop='none', top_k=32000, frequency_threshold=5) %}
    {%- set drop = _ml_word('ml_one_hot_encoder', 'drop', drop, ['none', 'most_frequent']) -%}
    {%- set settings = _ml_vocabulary_settings('ml_one_hot_encoder', top_k, frequency_threshold) -%}
    {{- return(adapter.dispatch('ml_one_hot_encoder', 'azekura')(string_expression, drop, settings)) -}}
{% endmacro %}

{% macro default__ml_one_hot_encoder(string_expression, drop, settings) %}
    {{- _no_such_side('ml_one_hot_encoder') -}}
{% endmacro %}

{% macro bigquery__ml_one_hot_encoder(string_expression, drop, settings) -%}
    ml.one_hot_encoder({{ string_expression }}, '{{ drop }}', {{ settings.top_k }}, {{ settings.frequency_threshold }}) over ()
{%- endmacro %}

{% macro duckdb__ml_one_hot_encoder(string_expression, drop, settings) -%}
    {%- set counts = _duckdb_ml_counts(string_expression) -%}
    {%- set terms = _duckdb_ml_terms(_duckdb_ml_text_vocabulary(string_expression, settings)) -%}
    [{
        'index': cast(coalesce(list_position({{ terms }}, {{ string_expression }}), 0) as bigint),
        {%- if drop == 'none' %}
        'value': cast(1 as double)
        {%- else %}
        'value': cast(
            case
                when
                    {{ _ml_operand(string_expression) }} = {{ _duckdb_ml_most_frequent(string_expression) }}
                    and list_max(map_values({{ counts }})) >= {{ settings.frequency_threshold }}
                    then 0
                else 1
            end as double
        )
        {%- endif %}
    }]
{%- endmacro %}
