with

features as (

    select
        'a' as f1,
        'b' as f2,
        'c' as f3,
        cast(null as {{ dbt.type_string() }}) as f4

),

crossed as (

    select
        {{ ml_feature_cross(['f1', 'f2', 'f3']) }} as pairs,
        {{ ml_feature_cross({'x': 'f1', 'y': "f2 || 'd'", 'z': 'f3'}, 3) }} as triples,
        {{ ml_feature_cross(['f1', 'f4'], '2') }} as unknown
    from features

),

judged as (

    {% for actual, expected in [
        ('pairs.f1_f2', "'a_b'"),
        ('pairs.f1_f3', "'a_c'"),
        ('pairs.f2_f3', "'b_c'"),
        ('triples.x_y', "'a_bd'"),
        ('triples.x_y_z', "'a_bd_c'"),
        ('triples.x_z', "'a_c'"),
        ('triples.y_z', "'bd_c'"),
        ('unknown.f1_f4', 'null'),
    ] -%}
    select
        {{ actual }} as actual,
        {{ expected }} as expected
    from crossed
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is distinct from expected
