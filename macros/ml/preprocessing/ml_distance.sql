{#-
  ML.DISTANCE: how far two vectors are from one another: by Euclid, as the sum of differences (Manhattan), or as 1
  less the cosine of their angle. A vector is an array of numbers, or an array of structs of a key and a number, in
  which a key that is missing has the number 0. Vectors of different lengths, and a key that stands twice, are
  errors.
-#}
{% macro ml_distance(vector1, vector2, type='EUCLIDEAN') %}
    {%- set type = _ml_word('ml_distance', 'type', type, ['EUCLIDEAN', 'MANHATTAN', 'COSINE']) -%}
    {{- return(adapter.dispatch('ml_distance', 'azekura')(vector1, vector2, type)) -}}
{% endmacro %}

{% macro default__ml_distance(vector1, vector2, type) %}
    {{- _no_such_side('ml_distance') -}}
{% endmacro %}

{% macro bigquery__ml_distance(vector1, vector2, type) -%}
    ml.distance({{ vector1 }}, {{ vector2 }}, '{{ type }}')
{%- endmacro %}

{% macro duckdb__ml_distance(vector1, vector2, type) -%}
    {%- set first = _ml_operand(vector1) -%}
    {%- set second = _ml_operand(vector2) -%}
    {#- the pairs of numbers that stand at one place, or have one key; then the distance of these pairs -#}
    list_transform(
        [case
            when {{ first }} is null or {{ second }} is null
                then null
            when typeof({{ first }}) like 'STRUCT%'
                then list_transform(
                    [{'first': {{ _duckdb_ml_numbers_by_key(first) }}, 'second': {{ _duckdb_ml_numbers_by_key(second) }}}],
                    lambda bqml_maps: list_transform(
                        list_distinct(list_concat(map_keys(bqml_maps.first), map_keys(bqml_maps.second))),
                        lambda bqml_key: [
                            coalesce(bqml_maps.first[bqml_key], 0), coalesce(bqml_maps.second[bqml_key], 0)
                        ]
                    )
                )[1]
            when len({{ first }}) != len({{ second }})
                then error('ml_distance: the vectors have different lengths; give two of the same.')
            else list_transform(
                try_cast({{ first }} as double[]),
                lambda bqml_number, bqml_place: [bqml_number, try_cast({{ second }} as double[])[bqml_place]]
            )
        end],
        lambda bqml_pairs:
        {%- if type == 'EUCLIDEAN' %}
            sqrt(list_sum(list_transform(bqml_pairs, lambda bqml_pair: pow(bqml_pair[1] - bqml_pair[2], 2))))
        {%- elif type == 'MANHATTAN' %}
            list_sum(list_transform(bqml_pairs, lambda bqml_pair: abs(bqml_pair[1] - bqml_pair[2])))
        {%- else %}
            1 - list_sum(list_transform(bqml_pairs, lambda bqml_pair: bqml_pair[1] * bqml_pair[2])) / sqrt(
                list_sum(list_transform(bqml_pairs, lambda bqml_pair: pow(bqml_pair[1], 2)))
                * list_sum(list_transform(bqml_pairs, lambda bqml_pair: pow(bqml_pair[2], 2)))
            )
        {%- endif %}
    )[1]
{%- endmacro %}


{#-
  An array of structs (key, number) on DuckDB as a map. The fields are told by their place, whatever their names
  and types are, and the SQL must also be valid for an array of numbers: so it goes through JSON.
-#}
{% macro _duckdb_ml_numbers_by_key(vector) -%}
    {%- set fields = "json_extract_string(to_json(bqml_element), '$.*')" -%}
    map(
        list_transform({{ vector }}, lambda bqml_element: {{ fields }}[1]),
        list_transform({{ vector }}, lambda bqml_element: cast({{ fields }}[2] as double))
    )
{%- endmacro %}
