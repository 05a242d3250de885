{%- set cases = [
    ('2013', '1', '31', "'2013-01-31'"),
    ('2012', '2', '29', "'2012-02-29'"),
    ('1969', '12', '31', "'1969-12-31'"),
    ('null', '1', '1', 'null'),
    ('2013', 'null', '1', 'null'),
    ('2013', '1', 'null', 'null'),
] -%}

with

cases as (

    {% for year_part, month_part, day_part, expected in cases -%}
    select
        cast({{ year_part }} as {{ dbt.type_bigint() }}) as year_part,
        cast({{ month_part }} as {{ dbt.type_bigint() }}) as month_part,
        cast({{ day_part }} as {{ dbt.type_bigint() }}) as day_part,
        cast({{ expected }} as date) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ date_from_parts('year_part', 'month_part', 'day_part') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
