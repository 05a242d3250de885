{#- Each group of numbers is scaled by itself: (call, numbers, what they become). -#}
{%- set groups = [
    (
        ml_label_encoder('given', 2, 2),
        ['null', "'a'", "'b'", "'b'", "'c'", "'c'", "'c'", "'d'", "'d'"],
        [0, 0, 1, 1, 2, 2, 2, 0, 0],
    ),
    (ml_label_encoder('given', '10', '0'), ["'b'", "'a'", 'null', "'B'"], [3, 2, 0, 1]),
    (ml_label_encoder('given', 10, 2), ["'b'", "'a'", "'b'", "'a'", "'c'"], [2, 1, 2, 1, 0]),
    (ml_label_encoder('given', 1, 1), ["'b'", "'a'"], [0, 1]),
    (ml_label_encoder('given'), ["'a'", "'a'", "'a'", "'a'"], [0, 0, 0, 0]),
    (ml_label_encoder('given'), ["'a'", "'a'", "'a'", "'a'", "'a'"], [1, 1, 1, 1, 1]),
    (ml_label_encoder('given'), ['cast(null as ' ~ dbt.type_string() ~ ')'], [0]),
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
