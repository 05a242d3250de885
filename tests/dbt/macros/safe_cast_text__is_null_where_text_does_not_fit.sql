{%- set cases = [
    ('string', ' Ab ', "' Ab '"),
    ('string', '', "''"),
    ('int64', '39', '39'),
    ('int64', ' 7 ', '7'),
    ('int64', '+5', '5'),
    ('int64', '-5', '-5'),
    ('int64', '007', '7'),
    ('int64', '9223372036854775807', '9223372036854775807'),
    ('int64', '9223372036854775808', 'null'),
    ('int64', '0x1A', '26'),
    ('int64', '-0x8000000000000000', '-9223372036854775808'),
    ('int64', '1_000', 'null'),
    ('int64', '39.02', 'null'),
    ('int64', '39.0', 'null'),
    ('int64', '1e3', 'null'),
    ('int64', '7 8', 'null'),
    ('int64', 'NA', 'null'),
    ('int64', '', 'null'),
    ('float64', '39.5', '39.5'),
    ('float64', '-1e3', '-1000'),
    ('float64', '7', '7'),
    ('float64', '1_000', 'null'),
    ('float64', '0x1A', 'null'),
    ('float64', '1e999', "cast('inf' as " ~ dbt.type_float() ~ ")"),
    ('float64', '3,5', 'null'),
    ('float64', 'NA', 'null'),
    ('float64', '', 'null'),
    ('bool', 'true', 'true'),
    ('bool', 'FALSE', 'false'),
    ('bool', 'yes', 'null'),
    ('bool', '1', 'null'),
    ('bool', 'NA', 'null'),
    ('bool', '', 'null'),
    ('date', '2013-01-31', "cast('2013-01-31' as date)"),
    ('date', ' 2013-01-31', 'null'),
    ('date', '0000-01-01', 'null'),
    ('date', '2013-02-30', 'null'),
    ('date', 'tomorrow', 'null'),
    ('date', '2013-01-31 10:00:00', 'null'),
    ('date', '', 'null'),
    ('timestamp', '2013-01-01 05:00:00', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01T05:00:00', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01T05:00:00Z', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01T00:00:00-05:00', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01 10:30:00+05:30', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01 05:00:00.123456', "cast('2013-01-01 05:00:00.123456' as timestamp)"),
    ('timestamp', '2013-01-01t05:00:00z', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2013-01-01 05:00:00 UTC', "cast('2013-01-01 05:00:00' as timestamp)"),
    ('timestamp', '2012-12-31 23:59:60', "cast('2013-01-01 00:00:00' as timestamp)"),
    ('timestamp', '2013-01-01 05:00:00 America/New_York', 'null'),
    ('timestamp', '2013-01-01 05:00', 'null'),
    ('timestamp', '2013-01-01 24:00:00', 'null'),
    ('timestamp', '2013-01-01 05:00:00+15', 'null'),
    ('timestamp', '2013/01/01 05:00:00', 'null'),
    ('timestamp', ' 2013-01-01 05:00:00', 'null'),
    ('timestamp', 'infinity', 'null'),
    ('timestamp', '0001-01-01 00:00:00+01', 'null'),
    ('timestamp', '2013-01-01', "cast('2013-01-01 00:00:00' as timestamp)"),
    ('timestamp', '2013-02-30 00:00:00', 'null'),
    ('timestamp', '2013-01-01 25:00:00', 'null'),
    ('timestamp', 'NA', 'null'),
    ('timestamp', '', 'null'),
] -%}

with

judged as (

    {% for data_type, text, expected in cases -%}
    select
        '{{ data_type }}' as data_type,
        '{{ text }}' as given_text,
        cast({{ safe_cast_text("'" ~ text ~ "'", data_type) }} as {{ dbt.type_string() }}) as actual_text,
        {{ safe_cast_text("'" ~ text ~ "'", data_type) }} is distinct from {{ expected }} as is_wrong
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where is_wrong
