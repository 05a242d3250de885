{%- set cases = [
    ([4.1, 0.5, 1], 2, 4.2497058721751557),
    ([3, 0, 2.5], '2', 3.905124837953327),
    ([3, 0, 2.5], 2.0, 3.905124837953327),
    ([3, 0, -2.5], 1, 5.5),
    ([3, 0, -2.5], '0', 2),
    ([3, 0, -4], "cast('+inf' as float64)", 4),
    ([1, -2, 2], 3, 2.571281590658235),
] -%}

with

judged as (

    {% for vector, degree, expected in cases -%}
    select
        {{ ml_lp_norm(dbt.array_construct(vector), degree) }} as actual,
        {{ expected }} as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where
    (actual is null) != (expected is null)
    or abs(actual - expected) > 1e-9
