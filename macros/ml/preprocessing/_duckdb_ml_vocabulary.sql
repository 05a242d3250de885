{#-
  The vocabulary of an encoder on DuckDB, from `counts`, a map of terms to how often they occur: the terms of
  the frequency wanted, if there are more than `top_k` the most frequent ones (ties by alphabet), as a list of
  structs (key, value) in alphabetical order. It depends on nothing but statistics; sorting is left out where
  it changes nothing, because a plain select reckons it anew for every row.
-#}
{% macro _duckdb_ml_vocabulary(counts, settings) -%}
    {%- set frequent -%}
        list_filter(map_entries({{ counts }}), lambda bqml_term: bqml_term.value >= {{ settings.frequency_threshold }})
    {%- endset -%}
    case
        when cardinality({{ counts }}) <= {{ settings.top_k }}
            then {{ frequent }}
        else list_sort(list_transform(
            list_sort(list_transform(
                {{ frequent }},
                lambda bqml_term: {'rank': -cast(bqml_term.value as bigint), 'term': bqml_term}
            ))[:{{ settings.top_k }}],
            lambda bqml_ranked: bqml_ranked.term
        ))
    end
{%- endmacro %}


{#- The terms of a vocabulary alone: the place of one, counted from 1, is its label. -#}
{% macro _duckdb_ml_terms(vocabulary) -%}
    list_transform({{ vocabulary }}, lambda bqml_term: bqml_term.key)
{%- endmacro %}


{#- The vocabulary of a column of texts: a term counts once per row that holds it, NULL does not. -#}
{% macro _duckdb_ml_text_vocabulary(expression, settings) -%}
    {{ _duckdb_ml_vocabulary(_duckdb_ml_counts(expression), settings) }}
{%- endmacro %}


{#- The same of a column of arrays of texts. The counts are dear, so they are made once and named. -#}
{% macro _duckdb_ml_array_vocabulary(array, settings) -%}
    list_transform(
        [list_aggregate(flatten(list(list_distinct({{ array }})) over ()), 'histogram')],
        lambda bqml_counts: {{ _duckdb_ml_vocabulary('bqml_counts', settings) }}
    )[1]
{%- endmacro %}


{#- How many rows hold each value of a column; NULL is not counted. -#}
{% macro _duckdb_ml_counts(expression) -%}
    histogram({{ expression }}) over ()
{%- endmacro %}


{#- The value that most rows hold, of those that as many hold the first in order. -#}
{% macro _duckdb_ml_most_frequent(expression) -%}
    {%- set counts = _duckdb_ml_counts(expression) -%}
    map_keys({{ counts }})[list_position(map_values({{ counts }}), list_max(map_values({{ counts }})))]
{%- endmacro %}


{#- The labels of the terms of one array, in their order; 0 for NULL and for terms that `terms` lacks. -#}
{% macro _duckdb_ml_labels(array, terms) -%}
    list_transform({{ array }}, lambda bqml_term: coalesce(list_position({{ terms }}, bqml_term), 0))
{%- endmacro %}
