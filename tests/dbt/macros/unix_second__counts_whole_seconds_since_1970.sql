{#- Rounded down, before 1970 too. -#}
{%- set cases = [
    ("'1970-01-01 00:00:00'", '0'),
    ("'1970-01-01 00:00:01.999999'", '1'),
    ("'1969-12-31 23:59:59'", '-1'),
    ("'1969-12-31 23:59:59.500000'", '-1'),
    ("'2013-01-01 05:00:00'", '1357016400'),
    ("'9999-12-31 00:00:00'", '253402214400'),
    ('null', 'null'),
] -%}

with

cases as (

    {% for given_at, expected in cases -%}
    select
        cast({{ given_at }} as timestamp) as given_at,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ unix_second('given_at') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
