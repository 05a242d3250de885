{%- set cases = [
    ("'a'", 3, '0'),
    ("'b'", 3, '1'),
    ("'c'", '3', '1'),
    ("'d'", '3', '2'),
    ("'a'", 1, '0'),
    ("'a'", 1000000007, '384735799'),
    ("'a'", 0, '-5528939962900187677'),
    ("'d'", '0', '4470636696479570465'),
    ('null', 3, 'null'),
    ('null', 0, 'null'),
] -%}

with

judged as (

    {% for given_text, size, expected in cases -%}
    select
        {{ ml_hash_bucketize('cast(' ~ given_text ~ ' as ' ~ dbt.type_string() ~ ')', size) }} as actual,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is distinct from expected
