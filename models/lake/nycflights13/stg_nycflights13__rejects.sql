with

{% for table in ['flights', 'weather', 'aircraft', 'airports', 'carriers'] -%}
-- keeps the records of {{ table }} that could not be used
{{ table }} as (

    select
        ingested_date,
        '{{ table }}' as source_table,
        lake_file,
        line_number,
        reject_reason,
        raw_record
    from {{ lake_records('nycflights13', table) }} as lake_records
    where reject_reason is not null

),

{% endfor -%}

unioned as (

    {% for table in ['flights', 'weather', 'aircraft', 'airports', 'carriers'] -%}
    select * from {{ table }}
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

windowed as (

    select * from unioned
    where {{ in_window('ingested_date') }}

)

select * from windowed
