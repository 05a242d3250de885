{#-
  Each group of rows is encoded by itself: (call, what each row holds, the pairs of index and value it
  becomes, none more).
-#}
{%- set groups = [
    (
        ml_bag_of_words('given', 32, 1),
        [dbt.array_construct(["'a'", "'b'", "'b'", "'c'"]), dbt.array_construct(["'a'", "'c'"])],
        [[(1, 1), (2, 2), (3, 1)], [(1, 1), (3, 1)]],
    ),
    (
        ml_bag_of_words('given', '4', '2'),
        [
            dbt.array_construct(["'a'", "'b'", "'b'", "'b'", "'c'", "'c'",
            "'c'", "'c'", "'d'", "'d'"]),
            dbt.array_construct(["'a'", "'c'", "null"]),
        ],
        [[(0, 5), (1, 1), (2, 4)], [(0, 1), (1, 1), (2, 1)]],
    ),
    (
        ml_bag_of_words('given', 2, 1),
        [dbt.array_construct(["'a'", "'b'", "'b'", "'c'"]), dbt.array_construct(["'a'", "'c'", "'c'"])],
        [[(0, 2), (1, 1), (2, 1)], [(1, 1), (2, 2)]],
    ),
    (
        ml_bag_of_words('given', 2, 2),
        [
            dbt.array_construct(["'a'", "'b'", "'b'", "'c'", "'d'", "'d'", "'d'"]),
            dbt.array_construct(["'a'", "'c'", "'c'", "'d'", "'d'", "'d'"]),
        ],
        [[(0, 5), (1, 1), (2, 1)], [(0, 3), (1, 1), (2, 2)]],
    ),
    (ml_bag_of_words('given'), [dbt.array_construct(["'a'", "'a'", "'b'"]), dbt.array_construct(["'a'"])], [[(0, 3)], [(0, 1)]]),
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
