{#- Each group of rows is bucketized by itself: (numbers, buckets, names, ranges). -#}
{%- set groups = [
    (
        [1, 2, 3, 4, 5, 'null'], 3,
        ['bin_1', 'bin_2', 'bin_2', 'bin_3', 'bin_3', none],
        ['(-inf, 2)', '[2, 4)', '[2, 4)', '[4, +inf)', '[4, +inf)', none],
    ),
    (
        [37.9, 38.5, 39.5], 5,
        ['bin_1', 'bin_2', 'bin_2'],
        ['(-inf, 38.5)', '[38.5, +inf)', '[38.5, +inf)'],
    ),
    (
        [17.2, 18.1, 18.8], '5',
        ['bin_1', 'bin_2', 'bin_2'],
        ['(-inf, 18.1)', '[18.1, +inf)', '[18.1, +inf)'],
    ),
    (
        [181, 188, 196], 5,
        ['bin_1', 'bin_2', 'bin_2'],
        ['(-inf, 188)', '[188, +inf)', '[188, +inf)'],
    ),
    ([7, 7, 7], 4, ['bin_1', 'bin_1', 'bin_1'], ['(-inf, +inf)', '(-inf, +inf)', '(-inf, +inf)']),
] -%}

with

{% for numbers, buckets, names, ranges in groups -%}
numbers_{{ loop.index }} as (

    {% for number in numbers -%}
    select
        {{ number }} as given,
        {{ text_literal(names[loop.index0]) if names[loop.index0] else 'null' }} as name_expected,
        {{ text_literal(ranges[loop.index0]) if ranges[loop.index0] else 'null' }} as range_expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged_{{ loop.index }} as (

    select
        {{ ml_quantile_bucketize('given', buckets) }} as name_actual,
        name_expected,
        {{ ml_quantile_bucketize('given', buckets, 'bucket_ranges') }} as range_actual,
        range_expected
    from numbers_{{ loop.index }}

),

{% endfor -%}
judged as (

    {% for _ in groups -%}
    select * from judged_{{ loop.index }}
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where
    name_actual is distinct from name_expected
    or range_actual is distinct from range_expected
