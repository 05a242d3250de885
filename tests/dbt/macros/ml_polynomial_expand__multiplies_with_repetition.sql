with

features as (

    select
        2 as f1,
        3 as f2,
        cast(null as {{ dbt.type_bigint() }}) as f3

),

expanded as (

    select
        {{ ml_polynomial_expand(['f1', 'f2']) }} as squares,
        {{ ml_polynomial_expand({'a': 'f1 + 1', 'b': 'f2'}, 3) }} as cubes,
        {{ ml_polynomial_expand(['f1', 'f3'], '1') }} as themselves
    from features

),

judged as (

    {% for actual, expected in [
        ('squares.f1', 2),
        ('squares.f1_f1', 4),
        ('squares.f1_f2', 6),
        ('squares.f2', 3),
        ('squares.f2_f2', 9),
        ('cubes.a', 3),
        ('cubes.a_a', 9),
        ('cubes.a_a_a', 27),
        ('cubes.a_a_b', 27),
        ('cubes.a_b_b', 27),
        ('cubes.b_b_b', 27),
        ('themselves.f1', 2),
        ('themselves.f3', 'null'),
    ] -%}
    select
        {{ actual }} as actual,
        {{ expected }} as expected
    from expanded
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where
    (actual is null) != (expected is null)
    or abs(actual - expected) > 1e-9
