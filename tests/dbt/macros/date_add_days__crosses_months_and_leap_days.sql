{%- set cases = [
    ("'2013-12-31'", '1', "'2014-01-01'"),
    ("'2013-01-01'", '-1', "'2012-12-31'"),
    ("'2012-02-28'", '1', "'2012-02-29'"),
    ("'2013-02-28'", '1', "'2013-03-01'"),
    ("'2013-03-09'", '2', "'2013-03-11'"),
    ("'2013-01-01'", '0', "'2013-01-01'"),
    ("'1970-01-01'", '-366', "'1968-12-31'"),
    ('null', '1', 'null'),
    ("'2013-01-01'", 'null', 'null'),
] -%}

with

cases as (

    {% for given_date, days, expected in cases -%}
    select
        cast({{ given_date }} as date) as given_date,
        cast({{ days }} as {{ dbt.type_bigint() }}) as days,
        cast({{ expected }} as date) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ date_add_days('given_date', 'days') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
