{%- set cases = [
    ("'2013-01-01 00:00:00'", "'2013-01-01 00:01:00'", '1'),
    ("'2013-01-01 00:00:00'", "'2013-01-01 00:01:59'", '1'),
    ("'2013-01-01 00:00:30'", "'2013-01-01 00:01:00'", '0'),
    ("'2013-01-01 00:01:30'", "'2013-01-01 00:00:00'", '-1'),
    ("'2012-12-31 23:59:00'", "'2013-01-02 00:00:00'", '1441'),
    ("'1969-12-31 23:59:00'", "'1970-01-01 00:01:00'", '2'),
    ("'2013-01-01 00:00:00'", "'2013-01-01 00:00:00'", '0'),
    ('null', "'2013-01-01 00:00:00'", 'null'),
    ("'2013-01-01 00:00:00'", 'null', 'null'),
] -%}

with

cases as (

    {% for started_at, ended_at, expected in cases -%}
    select
        cast({{ started_at }} as timestamp) as started_at,
        cast({{ ended_at }} as timestamp) as ended_at,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ minutes_between('started_at', 'ended_at') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
