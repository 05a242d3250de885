{#- Points as numbers and as a TRANSFORM clause writes them. -#}
{%- set cases = [
    ('2.5', [1, 2, 3], false, 'bucket_names', 'bin_3'),
    ('2.5', '[1, 2, 3]', 'true', "'bucket_names'", 'bin_2'),
    ('2.5', [1, 2, 3], false, 'bucket_ranges', '[2, 3)'),
    ('2.5', '[1, 2, 3]', 'FALSE', "'bucket_ranges_json'", '{"start": "2", "end": "3"}'),
    ('2.5', [1, 2, 3], true, 'bucket_ranges', '[2, +inf)'),
    ('0', [1, 2, 3], false, 'bucket_names', 'bin_1'),
    ('1', [1, 2, 3], false, 'bucket_names', 'bin_2'),
    ('3', [1, 2, 3], false, 'bucket_names', 'bin_4'),
    ('0', [1, 2, 3], true, 'bucket_names', 'bin_1'),
    ('9', [1, 2, 3], true, 'bucket_names', 'bin_2'),
    ('9', [1, 2], true, 'bucket_ranges', '(-inf, +inf)'),
    ('2.4', [2.5, 4.6], false, 'bucket_ranges', '(-inf, 2.5)'),
    ('2.5', [2.5, 4.6], false, 'bucket_ranges', '[2.5, 4.6)'),
    ('4.6', [2.5, 4.6], false, 'bucket_ranges', '[4.6, +inf)'),
    ('2.4', [2.5, 4.6], false, 'bucket_ranges_json', '{"start": "-Infinity", "end": "2.5"}'),
    ('4.6', [2.5, 4.6], false, 'bucket_ranges_json', '{"start": "4.6", "end": "Infinity"}'),
    ('-3', [-2.25, 10], false, 'bucket_ranges', '(-inf, -2.25)'),
    ('3', [-2.25, 10], false, 'bucket_ranges', '[-2.25, 10)'),
] -%}

with

judged as (

    {% for number, points, exclude_boundaries, output_format, expected in cases -%}
    select
        {{ number }} as given,
        {{ ml_bucketize(number, points, exclude_boundaries, output_format) }} as actual,
        '{{ expected }}' as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is distinct from expected
