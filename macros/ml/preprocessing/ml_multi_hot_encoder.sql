{#-
  ML.MULTI_HOT_ENCODER: an array of texts as an array of structs (index INT64, value FLOAT64), one per different
  category in it, in the order in which they first appear. The index is the category's place, from 1, in the
  alphabetical vocabulary of all rows: the top_k that most rows hold, and at least frequency_threshold. Everything
  else, and NULL, is one more category, of index 0. The value is 1.
-#}
{% macro ml_multi_hot_encoder(array_expression, top_k=32000, frequency_threshold=5) %}
    {%- set settings = _ml_vocabulary_settings('ml_multi_hot_encoder', top_k, frequency_threshold) -%}
    {{- return(adapter.dispatch('ml_multi_hot_encoder', 'azekura')(array_expression, settings)) -}}
{% endmacro %}

{% macro default__ml_multi_hot_encoder(array_expression, settings) %}
    {{- _no_such_side('ml_multi_hot_encoder') -}}
{% endmacro %}

{% macro bigquery__ml_multi_hot_encoder(array_expression, settings) -%}
    ml.multi_hot_encoder({{ array_expression }}, {{ settings.top_k }}, {{ settings.frequency_threshold }}) over ()
{%- endmacro %}

{% macro duckdb__ml_multi_hot_encoder(array_expression, settings) -%}
    list_transform(
        {#- the labels so far, and the next if it is none of them -#}
        list_reduce(
            list_transform(
                [{{ _duckdb_ml_terms(_duckdb_ml_array_vocabulary(array_expression, settings)) }}],
                lambda bqml_terms: list_transform(
                    {{ _duckdb_ml_labels(array_expression, 'bqml_terms') }},
                    lambda bqml_label: [bqml_label]
                )
            )[1],
            lambda bqml_seen, bqml_next: case
                when list_contains(bqml_seen, bqml_next[1]) then bqml_seen
                else list_concat(bqml_seen, bqml_next)
            end,
            []
        ),
        lambda bqml_label: {'index': cast(bqml_label as bigint), 'value': cast(1 as double)}
    )
{%- endmacro %}
