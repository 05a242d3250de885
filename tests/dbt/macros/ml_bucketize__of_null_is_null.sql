with

numbers as (

    select cast(null as {{ dbt.type_bigint() }}) as given

),

judged as (

    {% for output_format in ['bucket_names', 'bucket_ranges', 'bucket_ranges_json'] -%}
    select {{ ml_bucketize('given', [1, 2], false, output_format) }} as actual
    from numbers
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is not null
