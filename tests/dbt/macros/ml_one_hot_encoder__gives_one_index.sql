{#-
  Each group of rows is encoded by itself: (call, what each row holds, the pairs of index and value it
  becomes, none more).
-#}
{%- set groups = [
    (
        ml_one_hot_encoder('given', 'most_frequent', 10, 0),
        ['null', "'a'", "'b'", "'b'", "'c'", "'c'", "'c'", "'d'", "'d'"],
        [
            [(0, 1)], [(1, 1)], [(2, 1)], [(2, 1)],
            [(3, 0)], [(3, 0)], [(3, 0)], [(4, 1)], [(4, 1)],
        ],
    ),
    (
        ml_one_hot_encoder('given', "'none'", '10', '0'),
        ["'MALE'", "'FEMALE'", "'FEMALE'"],
        [[(2, 1)], [(1, 1)], [(1, 1)]],
    ),
    (
        ml_one_hot_encoder('given', none, none, 0),
        ["'MALE'", "'FEMALE'", "'.'", 'null'],
        [[(3, 1)], [(2, 1)], [(1, 1)], [(0, 1)]],
    ),
    (
        ml_one_hot_encoder('given', 'most_frequent', 32000, 100),
        ["'MALE'", "'FEMALE'", "'FEMALE'"],
        [[(0, 1)], [(0, 1)], [(0, 1)]],
    ),
    (ml_one_hot_encoder('given'), ["'a'", "'a'", "'a'", "'a'"], [[(0, 1)], [(0, 1)], [(0, 1)], [(0, 1)]]),
] -%}

with

{% for call, held, encoded in groups -%}
rows_{{ loop.index }} as (

    {% for cell in held -%}
    select
        {{ loop.index }} as id,
        {{ cell }} as given
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

encoded_{{ loop.index }} as (

    select
        id,
        {{ call }} as encoded
    from rows_{{ loop.index }}

),

{% endfor -%}
judged as (

    {% for call, held, encoded in groups -%}
    {%- set group = loop.index -%}
    {%- set is_last_group = loop.last -%}
    {%- for pairs in encoded -%}
    {%- set id = loop.index -%}
    {%- set is_last_row = loop.last -%}
    {%- for index, value in pairs + [('null', 'null')] -%}
    select
        {{ group }} as group_number,
        id,
        {{ array_at('encoded', loop.index0) }}.index as index_actual,
        {{ index }} as index_expected,
        {{ array_at('encoded', loop.index0) }}.value as value_actual,
        {{ value }} as value_expected
    from encoded_{{ group }}
    where id = {{ id }}
    {{ '' if loop.last and is_last_row and is_last_group else 'union all' }}
    {% endfor -%}
    {%- endfor -%}
    {%- endfor %}

)

select * from judged
where
    index_actual is distinct from index_expected
    or (value_actual is null) != (value_expected is null)
    or abs(value_actual - value_expected) > 1e-12
