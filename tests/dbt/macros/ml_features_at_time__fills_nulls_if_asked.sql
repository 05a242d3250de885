{#- BigQuery's own example: at 06-11 10:00 the second feature is that of the day before. -#}
{%- set states -%}
    select
        '2' as entity_id,
        5.0 as f1,
        8.0 as f2,
        cast('2022-06-10 09:00:00' as timestamp) as feature_timestamp
    union all
    select
        '2' as entity_id,
        2.0 as f1,
        4.0 as f2,
        cast('2022-06-10 12:00:00' as timestamp) as feature_timestamp
    union all
    select
        '2' as entity_id,
        7.0 as f1,
        null as f2,
        cast('2022-06-11 10:00:00' as timestamp) as feature_timestamp
{%- endset %}
{%- set moment = "cast('2022-06-11 10:00:00' as timestamp)" %}

with

filled as (

    select * from {{ ml_features_at_time(states, time=moment, ignore_feature_nulls=true) }} as filled

),

as_it_was as (

    select * from {{ ml_features_at_time(states, time=moment, num_rows=2) }} as as_it_was

),

judged as (

    select
        (
            select count(*) from filled
            where f1 = 7.0 and f2 = 4.0 and feature_timestamp = {{ moment }}
        ) as filled_count,
        (select count(*) from filled) as rows_count,
        (select count(*) from as_it_was where f2 is null or f1 = 2.0) as latest_count

)

select * from judged
where filled_count != 1 or rows_count != 1 or latest_count != 2
