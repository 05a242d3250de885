{#-
  ML.TF_IDF: an array of texts as an array of structs (index INT64, value FLOAT64), one per different term in it, in
  the order of the indexes, which are those of ml_bag_of_words. The value is the term's share of the array times
  ln(1 + rows / (1 + rows that hold the term)); terms outside the vocabulary have the mean of its logarithms.
-#}
{% macro ml_tf_idf(array_expression, top_k=32000, frequency_threshold=5) %}
    {%- set settings = _ml_vocabulary_settings('ml_tf_idf', top_k, frequency_threshold) -%}
    {{- return(adapter.dispatch('ml_tf_idf', 'azekura')(array_expression, settings)) -}}
{% endmacro %}

{% macro default__ml_tf_idf(array_expression, settings) %}
    {{- _no_such_side('ml_tf_idf') -}}
{% endmacro %}

{% macro bigquery__ml_tf_idf(array_expression, settings) -%}
    ml.tf_idf({{ array_expression }}, {{ settings.top_k }}, {{ settings.frequency_threshold }}) over ()
{%- endmacro %}

{% macro duckdb__ml_tf_idf(array_expression, settings) -%}
    list_transform(
        list_transform(
            [{{ _duckdb_ml_array_vocabulary(array_expression, settings) }}],
            lambda bqml_vocabulary: {
                'terms': {{ _duckdb_ml_terms('bqml_vocabulary') }},
                'idf': list_transform(
                    bqml_vocabulary,
                    lambda bqml_term: ln(1 + count(*) over () / (1 + bqml_term.value))
                )
            }
        ),
        lambda bqml_dictionary: coalesce(
            list_transform(
                map_entries(list_aggregate({{ _duckdb_ml_labels(array_expression, 'bqml_dictionary.terms') }}, 'histogram')),
                lambda bqml_label: {
                    'index': cast(bqml_label.key as bigint),
                    'value': bqml_label.value / len({{ array_expression }})
                    * coalesce(bqml_dictionary.idf[bqml_label.key], list_avg(bqml_dictionary.idf), 0)
                }
            ),
            []
        )
    )[1]
{%- endmacro %}
