{#- (call, the elements it gives, none more) -#}
{%- set cases = [
    (ml_normalizer(dbt.array_construct([4, 1, 2, 2, 0])), [0.8, 0.2, 0.4, 0.4, 0.0]),
    (ml_normalizer(dbt.array_construct([4, -1, 3]), 1), [0.5, -0.125, 0.375]),
    (ml_normalizer(dbt.array_construct([4, -8]), "cast('+inf' as float64)"), [0.5, -1]),
    (ml_normalizer(dbt.array_construct([4, -8, 0]), '0'), [2, -4, 0]),
    (ml_normalizer(dbt.array_construct([0, 0])), [0, 0]),
] -%}

with

arrays as (

    {% for call, expected in cases -%}
    select
        {{ loop.index }} as id,
        {{ call }} as given
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    {% for call, expected in cases -%}
    {%- set id = loop.index -%}
    {%- for element in expected + ['null'] -%}
    select
        {{ array_at('given', loop.index0) }} as actual,
        {{ element }} as expected
    from arrays
    where id = {{ id }}
    {{- '' if loop.last else ' union all ' }}
    {% endfor -%}
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where
    (actual is null) != (expected is null)
    or abs(actual - expected) > 1e-9
