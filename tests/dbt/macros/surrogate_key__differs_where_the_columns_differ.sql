{#- Pairs that one concatenated text would confuse; the last pair is equal. -#}
{%- set cases = [
    ("'1'", "'11'", "'11'", "'1'", false),
    ("''", "'a'", "'a'", "''", false),
    ('null', "'a'", "'a'", 'null', false),
    ('null', "'a'", "''", "'a'", false),
    ('null', 'null', "''", "''", false),
    ('null', "'a'", "'~'", "'a'", false),
    ("'a'", "'1:b'", "'a1:b'", "''", false),
    ("'a'", "'b'", "'A'", "'b'", false),
    ("'a '", "'b'", "'a'", "'b'", false),
    ('null', "'b'", 'null', "'b'", true),
] -%}

with

cases as (

    {% for left_1, left_2, right_1, right_2, is_equal in cases -%}
    select
        cast({{ left_1 }} as {{ dbt.type_string() }}) as left_1,
        cast({{ left_2 }} as {{ dbt.type_string() }}) as left_2,
        cast({{ right_1 }} as {{ dbt.type_string() }}) as right_1,
        cast({{ right_2 }} as {{ dbt.type_string() }}) as right_2,
        {{ is_equal | lower }} as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ surrogate_key(['left_1', 'left_2']) }} = {{ surrogate_key(['right_1', 'right_2']) }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
