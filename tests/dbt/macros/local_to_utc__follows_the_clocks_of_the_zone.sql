{%- set cases = [
    ('winter', "'2013-01-01'", '0', "'America/New_York'", "'2013-01-01 05:00:00'"),
    ('summer', "'2013-07-01'", '0', "'America/New_York'", "'2013-07-01 04:00:00'"),
    ('before clocks jump', "'2013-03-10'", '119', "'America/New_York'", "'2013-03-10 06:59:00'"),
    ('after clocks jump', "'2013-03-10'", '180', "'America/New_York'", "'2013-03-10 07:00:00'"),
    ('before clocks fall back', "'2013-11-03'", '59', "'America/New_York'", "'2013-11-03 04:59:00'"),
    ('after clocks fall back', "'2013-11-03'", '120', "'America/New_York'", "'2013-11-03 07:00:00'"),
    ('in the hour that is skipped', "'2013-03-10'", '150', "'America/New_York'", "'2013-03-10 07:30:00'"),
    ('in the hour that is repeated', "'2013-11-03'", '90', "'America/New_York'", "'2013-11-03 05:30:00'"),
    ('in half an hour that is repeated', "'2013-04-07'", '119', "'Australia/Lord_Howe'", "'2013-04-06 14:59:00'"),
    ('next midnight', "'2013-01-01'", '1440', "'America/New_York'", "'2013-01-02 05:00:00'"),
    ('zone without summer', "'2013-07-01'", '720', "'America/Phoenix'", "'2013-07-01 19:00:00'"),
    ('half an hour, east', "'2013-01-01'", '0', "'Asia/Kolkata'", "'2012-12-31 18:30:00'"),
    ('UTC', "'2013-01-01'", '61', "'UTC'", "'2013-01-01 01:01:00'"),
    ('no zone', "'2013-01-01'", '0', 'null', 'null'),
    ('no date', 'null', '0', "'UTC'", 'null'),
    ('no minutes', "'2013-01-01'", 'null', "'UTC'", 'null'),
] -%}

with

cases as (

    {% for what, local_date, local_minutes, time_zone, expected in cases -%}
    select
        '{{ what }}' as what,
        cast({{ local_date }} as date) as local_date,
        cast({{ local_minutes }} as {{ dbt.type_bigint() }}) as local_minutes,
        cast({{ time_zone }} as {{ dbt.type_string() }}) as time_zone,
        cast({{ expected }} as timestamp) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ local_to_utc('local_date', 'local_minutes', 'time_zone') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
