with

texts as (

    select cast(null as {{ dbt.type_string() }}) as given_text

),

judged as (

    {% for data_type in ['string', 'int64', 'float64', 'bool', 'date', 'timestamp'] -%}
    select
        '{{ data_type }}' as data_type,
        {{ safe_cast_text('given_text', data_type) }} is null as is_null
    from texts
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where not is_null
