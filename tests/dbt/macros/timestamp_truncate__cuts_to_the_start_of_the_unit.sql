{%- set cases = [
    ('second', "'2013-01-01 10:59:59.999999'", "'2013-01-01 10:59:59'"),
    ('minute', "'2013-01-01 10:59:59.999999'", "'2013-01-01 10:59:00'"),
    ('hour', "'2013-01-01 10:59:59.999999'", "'2013-01-01 10:00:00'"),
    ('hour', "'2013-01-01 10:00:00'", "'2013-01-01 10:00:00'"),
    ('hour', "'1969-12-31 23:30:00'", "'1969-12-31 23:00:00'"),
    ('day', "'2013-03-10 23:59:59'", "'2013-03-10 00:00:00'"),
    ('day', "'1969-12-31 23:30:00'", "'1969-12-31 00:00:00'"),
    ('week', "'2013-06-15 12:00:00'", "'2013-06-09 00:00:00'"),
    ('week', "'2013-06-16 00:00:00'", "'2013-06-16 00:00:00'"),
    ('isoweek', "'2013-06-16 12:00:00'", "'2013-06-10 00:00:00'"),
    ('month', "'2012-02-29 12:00:00'", "'2012-02-01 00:00:00'"),
    ('year', "'2013-12-31 23:59:59'", "'2013-01-01 00:00:00'"),
    ('hour', 'null', 'null'),
] -%}

with

cases as (

    {% for unit, given_at, expected in cases -%}
    select
        '{{ unit }}' as unit,
        cast({{ given_at }} as timestamp) as given_at,
        cast({{ expected }} as timestamp) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        case unit
            {%- for unit in ['second', 'minute', 'hour', 'day', 'week', 'isoweek', 'month', 'year'] %}
            when '{{ unit }}' then {{ timestamp_truncate('given_at', unit) }}
            {%- endfor %}
        end as actual
    from cases

)

select * from judged
where actual is distinct from expected
