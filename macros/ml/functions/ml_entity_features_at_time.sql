{#-
  ML.ENTITY_FEATURES_AT_TIME as a table: of each entity the latest rows at its own moments.

    the columns of the features in their order, feature_timestamp being the moment asked for

  features              a relation, the name of a CTE, or a query, with entity_id STRING, feature_timestamp
                        TIMESTAMP and the features
  entity_times          the same, with entity_id STRING and time TIMESTAMP; other columns are dropped
  num_rows              how many rows of each request, the latest with feature_timestamp <= time
  ignore_feature_nulls  a feature that is NULL takes the entity's latest value before that is not

  A request without a row by then has none; a repeated one has its rows as often. Rows of one entity and moment come
  in any order on BigQuery, on DuckDB in one that their values decide.
-#}
{% macro ml_entity_features_at_time(features, entity_times, num_rows=1, ignore_feature_nulls=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_at_time_settings('ml_entity_features_at_time', num_rows, ignore_feature_nulls) -%}
    {{- return(adapter.dispatch('ml_entity_features_at_time', 'azekura')(
        features, entity_times, num_rows, ignore_feature_nulls
    )) -}}
{% endmacro %}

{% macro default__ml_entity_features_at_time(features, entity_times, num_rows, ignore_feature_nulls) %}
    {{- _no_such_side('ml_entity_features_at_time') -}}
{% endmacro %}


{% macro bigquery__ml_entity_features_at_time(features, entity_times, num_rows, ignore_feature_nulls) -%}
ml.entity_features_at_time(
    {{ _ml_query(features) }},
    {{ _ml_query(entity_times) }},
    num_rows => {{ num_rows }},
    ignore_feature_nulls => {{ ignore_feature_nulls | lower }}
)
{%- endmacro %}


{#-
  The rows of an entity are numbered, an ASOF join finds how many there were at each request's moment, and the last
  ones are looked up by their numbers.
-#}
{% macro duckdb__ml_entity_features_at_time(features, entity_times, num_rows, ignore_feature_nulls) -%}
{%- set name = 'ml_entity_features_at_time' -%}
(
    with requests as (
        select
            asked.entity_id,
            case
                when {{ _duckdb_ml_of_type(name, 'asked.time', ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'], 'TIMESTAMP') }}
                    then try_cast(asked.time as timestamp)
            end as time
        from {{ _rows_of(entity_times) }} as asked
        where {{ _duckdb_ml_of_type(name, 'asked.entity_id', ['VARCHAR'], 'STRING') }}
    ),

    {{ _duckdb_ml_states(name, features, ignore_feature_nulls) }},

    numbered as (
        select
            *,
            row_number() over (partition by entity_id order by feature_timestamp, _tie) as _number,
            count(*) over (partition by entity_id order by feature_timestamp) as _latest
        from states
        where feature_timestamp is not null
    ),

    matched as (
        select requests.entity_id, requests.time, numbered._latest - latest.back as _number
        from requests
        asof join (select entity_id, feature_timestamp, _latest from numbered) as numbered
            on requests.entity_id = numbered.entity_id and requests.time >= numbered.feature_timestamp
        cross join range({{ num_rows }}) as latest(back)
    )

    select
        numbered.* exclude (_tie, _number, _latest)
        replace (case when false then numbered.feature_timestamp else matched.time end as feature_timestamp)
    from matched
    inner join numbered on matched.entity_id = numbered.entity_id and matched._number = numbered._number
)
{%- endmacro %}
