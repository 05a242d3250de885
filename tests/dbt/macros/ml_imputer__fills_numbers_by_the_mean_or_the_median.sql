{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (ml_imputer('given', 'mean'), ['null', -3, -3, -3, 1, 2, 3, 4, 5], [0.75, -3, -3, -3, 1, 2, 3, 4, 5]),
    (ml_imputer('given', "'mean'"), ['null', 17.2, 18.1], [17.65, 17.2, 18.1]),
    (ml_imputer('given', 'mean'), ['null', 181, 188], [184.5, 181, 188]),
    (ml_imputer('given', 'median'), ['null', 1, 2, 3, 40], [2, 1, 2, 3, 40]),
    (ml_imputer('given', 'most_frequent'), ['null', 3, 2, 3, 1], [3, 3, 2, 3, 1]),
] -%}

with

{% for call, numbers, scaled in groups -%}
numbers_{{ loop.index }} as (

    {% for number in numbers -%}
    select
        {{ number }} as given,
        {{ scaled[loop.index0] }} as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

{% endfor -%}
judged as (

    {% for call, numbers, scaled in groups -%}
    select
        expected,
        {{ call }} as actual
    from numbers_{{ loop.index }}
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where
    (actual is null) != (expected is null)
    or abs(actual - expected) > 1e-9
