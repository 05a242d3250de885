{%- set cases = [
    (0, "'a'"),
    (1, "'b'"),
    (2, 'null'),
    (99, 'null'),
    (-1, 'null'),
    (-2, 'null'),
] -%}

with

arrays as (

    select {{ dbt.array_construct(["'a'", "'b'"]) }} as letters

),

cases as (

    {% for position, expected in cases -%}
    select
        {{ position }} as element_position,
        {{ array_at('letters', position) }} as actual,
        cast({{ expected }} as {{ dbt.type_string() }}) as expected
    from arrays
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from cases
where actual is distinct from expected
