{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (ml_min_max_scaler('given'), [1, 2, 3, 4, 5], [0, 0.25, 0.5, 0.75, 1]),
    (ml_min_max_scaler('given + 1.5'), [-2.5, 'null', 7.5], [0, 'null', 1]),
    (ml_min_max_scaler('given'), [7, 7, 'null'], [0, 0, 'null']),
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
