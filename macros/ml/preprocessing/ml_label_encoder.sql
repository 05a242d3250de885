{#-
  ML.LABEL_ENCODER: a text as the place of its category, from 1, in the alphabetical vocabulary of all rows: the
  top_k most frequent categories that at least frequency_threshold rows hold. Everything else, and NULL, is 0.
-#}
{% macro ml_label_encoder(string_expression, top_k=32000, frequency_threshold=5) %}
    {%- set settings = _ml_vocabulary_settings('ml_label_encoder', top_k, frequency_threshold) -%}
    {{- return(adapter.dispatch('ml_label_encoder', 'azekura')(string_expression, settings)) -}}
{% endmacro %}

{% macro default__ml_label_encoder(string_expression, settings) %}
    {{- _no_such_side('ml_label_encoder') -}}
{% endmacro %}

{% macro bigquery__ml_label_encoder(string_expression, settings) -%}
    ml.label_encoder({{ string_expression }}, {{ settings.top_k }}, {{ settings.frequency_threshold }}) over ()
{%- endmacro %}

{% macro duckdb__ml_label_encoder(string_expression, settings) -%}
    {%- set terms = _duckdb_ml_terms(_duckdb_ml_text_vocabulary(string_expression, settings)) -%}
    cast(coalesce(list_position({{ terms }}, {{ string_expression }}), 0) as bigint)
{%- endmacro %}
