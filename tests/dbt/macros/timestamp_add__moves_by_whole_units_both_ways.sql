{%- set cases = [
    ('second', "'2012-12-31 23:59:59'", '1', "'2013-01-01 00:00:00'"),
    ('minute', "'2013-01-01 00:00:30'", '-1', "'2012-12-31 23:59:30'"),
    ('minute', "'2013-01-01 00:00:00'", '1440', "'2013-01-02 00:00:00'"),
    ('hour', "'2012-02-28 12:00:00'", '24', "'2012-02-29 12:00:00'"),
    ('hour', "'2013-03-10 06:30:00'", '1', "'2013-03-10 07:30:00'"),
    ('day', "'2013-02-28 12:00:00'", '1', "'2013-03-01 12:00:00'"),
    ('day', "'1970-01-01 00:00:00'", '-1', "'1969-12-31 00:00:00'"),
    ('day', "'2013-01-01 00:00:00.123456'", '0', "'2013-01-01 00:00:00.123456'"),
    ('minute', 'null', '1', 'null'),
    ('minute', "'2013-01-01 00:00:00'", 'null', 'null'),
] -%}

with

cases as (

    {% for unit, given_at, amount, expected in cases -%}
    select
        '{{ unit }}' as unit,
        cast({{ given_at }} as timestamp) as given_at,
        cast({{ amount }} as {{ dbt.type_bigint() }}) as amount,
        cast({{ expected }} as timestamp) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        case unit
            {%- for unit in ['second', 'minute', 'hour', 'day'] %}
            when '{{ unit }}' then {{ timestamp_add('given_at', 'amount', unit) }}
            {%- endfor %}
        end as actual
    from cases

)

select * from judged
where actual is distinct from expected
