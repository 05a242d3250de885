{%- set cases = [
    ('0', '0'),
    ('59', '59'),
    ('100', '60'),
    ('517', '317'),
    ('2359', '1439'),
    ('2400', '1440'),
    ('null', 'null'),
] -%}

with

cases as (

    {% for hhmm, expected in cases -%}
    select
        cast({{ hhmm }} as {{ dbt.type_bigint() }}) as hhmm,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ hhmm_to_minutes('hhmm') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
