{%- set vectors = dbt.array_construct([4.1, 0.5, 1]), dbt.array_construct([3, 0, 2.5]) -%}

with

judged as (

    {% for type, expected in [
        ('EUCLIDEAN', 1.926136028425822),
        ("'MANHATTAN'", 3.1),
        ('cosine', 0.10819907),
    ] -%}
    select
        {{ ml_distance(vectors[0], vectors[1], type) }} as actual,
        {{ expected }} as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is null or abs(actual - expected) > 1e-8
