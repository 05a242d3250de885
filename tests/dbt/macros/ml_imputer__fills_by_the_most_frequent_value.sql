{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (
        ml_imputer('given', 'most_frequent'),
        ['null', "'a'", "'a'", "'b'", "'b'", "'c'", "'c'", "'c'"],
        ["'c'", "'a'", "'a'", "'b'", "'b'", "'c'", "'c'", "'c'"],
    ),
    (ml_imputer('given', "'most_frequent'"), ["'b'", "'a'", 'null'], ["'b'", "'a'", "'a'"]),
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
where actual is distinct from expected
