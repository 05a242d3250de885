{#-
  Each group of rows is encoded by itself: (call, what each row holds, the pairs of index and value it
  becomes, none more).
-#}
{%- set groups = [
    (
        ml_tf_idf('given', 3, 1),
        [
            dbt.array_construct(["'I'", "'like'", "'pie'", "'pie'", "'pie'", "null"]),
            dbt.array_construct(["'yum'", "'yum'", "'pie'", "null"]),
            dbt.array_construct(["'I'", "'yum'", "'pie'", "null"]),
            dbt.array_construct(["'you'", "'like'", "'pie'", "null"]),
        ],
        [
            [
                (0, 0.12679902142647365), (1, 0.1412163100645339),
                (2, 0.1412163100645339), (3, 0.29389333245105953),
            ],
            [(0, 0.5705955964191315), (3, 0.14694666622552977)],
            [(0, 0.380397064279421), (1, 0.21182446509680086), (3, 0.14694666622552977)],
            [(0, 0.380397064279421), (2, 0.21182446509680086), (3, 0.14694666622552977)],
        ],
    ),
    (ml_tf_idf('given'), [dbt.array_construct(["'a'", "'a'", "null"]), dbt.array_construct(["'a'"])], [[(0, 0)], [(0, 0)]]),
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
