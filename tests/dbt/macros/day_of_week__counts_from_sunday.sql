{%- set cases = [
    ("'2013-01-06'", '1'),
    ("'2013-01-07'", '2'),
    ("'2013-01-01'", '3'),
    ("'2013-01-02'", '4'),
    ("'2013-01-03'", '5'),
    ("'2013-01-04'", '6'),
    ("'2013-01-05'", '7'),
    ("'1969-12-28'", '1'),
    ('null', 'null'),
] -%}

with

cases as (

    {% for given_date, expected in cases -%}
    select
        cast({{ given_date }} as date) as given_date,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ day_of_week('given_date') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
