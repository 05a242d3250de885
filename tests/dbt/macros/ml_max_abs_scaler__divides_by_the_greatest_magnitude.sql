{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (
        ml_max_abs_scaler('given'),
        ['null', -3, 1, 2, 3, 4, 5],
        ['null', -0.6, 0.2, 0.4, 0.6, 0.8, 1],
    ),
    (ml_max_abs_scaler('given'), [-8, 4], [-1, 0.5]),
    (ml_max_abs_scaler('given'), [0, 0, 'null'], [0, 0, 'null']),
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
