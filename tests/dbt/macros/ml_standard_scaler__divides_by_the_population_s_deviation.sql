{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (ml_standard_scaler('given'), [39.5, 38.5, 37.9], [1.313249, -0.20198, -1.111118]),
    (ml_standard_scaler('given'), [18.8, 17.2, 18.1], [1.17072, -1.272416, 0.101848]),
    (ml_standard_scaler('given'), [196, 181, 188], [1.251089, -1.196588, -0.054338]),
    (ml_standard_scaler('given - 1'), [1, 3, 'null'], [-1, 1, 'null']),
    (ml_standard_scaler('given'), [7, 7, 'null'], [0, 0, 'null']),
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

{#- BigQuery prints what it reckons from statistics of six significant digits. -#}

select * from judged
where
    (actual is null) != (expected is null)
    or abs(actual - expected) > 1e-4
