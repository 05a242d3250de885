{#-
  ML.BAG_OF_WORDS: an array of texts as an array of structs (index INT64, value FLOAT64), one per different term in
  it, in the order of the indexes; the value counts the term. The index is the term's place, from 1, in the
  alphabetical vocabulary of all rows: the top_k terms that most rows hold, and at least frequency_threshold.
  Everything else, and NULL, counts together as index 0.
-#}
{% macro ml_bag_of_words(array_expression, top_k=32000, frequency_threshold=5) %}
    {%- set settings = _ml_vocabulary_settings('ml_bag_of_words', top_k, frequency_threshold) -%}
    {{- return(adapter.dispatch('ml_bag_of_words', 'azekura')(array_expression, settings)) -}}
{% endmacro %}

{% macro default__ml_bag_of_words(array_expression, settings) %}
    {{- _no_such_side('ml_bag_of_words') -}}
{% endmacro %}

{% macro bigquery__ml_bag_of_words(array_expression, settings) -%}
    ml.bag_of_words({{ array_expression }}, {{ settings.top_k }}, {{ settings.frequency_threshold }}) over ()
{%- endmacro %}

{% macro duckdb__ml_bag_of_words(array_expression, settings) -%}
    list_transform(
        [{{ _duckdb_ml_terms(_duckdb_ml_array_vocabulary(array_expression, settings)) }}],
        lambda bqml_terms: coalesce(
            list_transform(
                map_entries(list_aggregate({{ _duckdb_ml_labels(array_expression, 'bqml_terms') }}, 'histogram')),
                lambda bqml_label: {'index': cast(bqml_label.key as bigint), 'value': cast(bqml_label.value as double)}
            ),
            []
        )
    )[1]
{%- endmacro %}
