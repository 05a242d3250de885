{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (
        ml_robust_scaler('given'),
        ['null', -3, 1, 2, 3, 4, 5],
        ['null', -1.6666666666666667, -0.3333333333333333, 0, 0.3333333333333333, 0.6666666666666666, 1],
    ),
    (ml_robust_scaler('given', [25, 75], false, false), [1, 2, 'null'], [1, 2, 'null']),
    (ml_robust_scaler('given', '[25, 75]', 'true', 'false'), [1, 2, 3, 4], [-1, 0, 1, 2]),
    (ml_robust_scaler('given', none, false), [1, 2, 3, 4], [0.5, 1, 1.5, 2]),
    (ml_robust_scaler('given', [1, 99]), [1, 2, 3, 4, 11], [-0.2, -0.1, 0, 0.1, 0.8]),
    (ml_robust_scaler('given'), [7, 7, 7, 9, 'null'], [0, 0, 0, 2, 'null']),
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
