{%- set cases = [
    ("'2013-01-01'", "'2013-01-01'"),
    ("'2013-01-31'", "'2013-01-01'"),
    ("'2012-02-29'", "'2012-02-01'"),
    ("'2013-12-31'", "'2013-12-01'"),
    ("'1969-12-31'", "'1969-12-01'"),
    ('null', 'null'),
] -%}

with

cases as (

    {% for given_date, expected in cases -%}
    select
        cast({{ given_date }} as date) as given_date,
        cast({{ expected }} as date) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ month_start('given_date') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
