{#- BigQuery's own example. -#}
{%- set states = [
    ('1', 1, 1, '06-10 12:00'), ('1', 6, 12, '06-11 10:00'), ('1', 11, 'null', '06-11 12:00'),
    ('2', 2, 4, '06-10 12:00'), ('2', 7, 'null', '06-11 10:00'), ('2', 12, 24, '06-11 12:00'),
] -%}
{%- set requests = [
    ('1', '06-12 12:00', 11, 12), ('2', '06-11 10:00', 7, 4), ('1', '06-10 13:00', 1, 1),
] %}

with

states as (

    {% for entity, f1, f2, moment in states -%}
    select
        '{{ entity }}' as entity_id,
        {{ f1 }} as f1,
        {{ f2 }} as f2,
        cast('2022-{{ moment }}:00' as timestamp) as feature_timestamp
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

requests as (

    {% for entity, moment, f1, f2 in requests -%}
    select
        '{{ entity }}' as entity_id,
        cast('2022-{{ moment }}:00' as timestamp) as time,
        {{ f1 }} as expected_f1,
        {{ f2 }} as expected_f2
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

answered as (

    select * from {{ ml_entity_features_at_time('states', 'requests', ignore_feature_nulls=true) }} as answered

)

select requests.* from requests
left join answered
    on
        requests.entity_id = answered.entity_id
        and requests.time = answered.feature_timestamp
        and requests.expected_f1 = answered.f1
        and requests.expected_f2 = answered.f2
where answered.entity_id is null
