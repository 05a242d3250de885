{%- set cases = [
    ("'1970-01-01'", '0'),
    ("'1970-01-02'", '1'),
    ("'1969-12-31'", '-1'),
    ("'2012-02-29'", '15399'),
    ("'2012-03-01'", '15400'),
    ("'2013-01-01'", '15706'),
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
        {{ unix_day('given_date') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
