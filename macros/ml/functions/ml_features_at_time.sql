{#-
  ML.FEATURES_AT_TIME as a table: of each entity the latest rows at one moment.

    the columns of the data in their order, feature_timestamp being the moment asked for

  data                  a relation, the name of a CTE, or a query, with entity_id STRING, feature_timestamp
                        TIMESTAMP and the features
  time                  SQL of the moment; now if not given
  num_rows              how many rows of each entity, the latest with feature_timestamp <= time
  ignore_feature_nulls  a feature that is NULL takes the entity's latest value before that is not

  An entity without a row by then is absent. Rows of one entity and moment come in any order on BigQuery, on DuckDB
  in one that their values decide. There is no time to live and no time of knowledge: see feature_join.
-#}
{% macro ml_features_at_time(data, time=none, num_rows=1, ignore_feature_nulls=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- do _ml_at_time_settings('ml_features_at_time', num_rows, ignore_feature_nulls) -%}
    {{- return(adapter.dispatch('ml_features_at_time', 'azekura')(data, time, num_rows, ignore_feature_nulls)) -}}
{% endmacro %}

{% macro default__ml_features_at_time(data, time, num_rows, ignore_feature_nulls) %}
    {{- _no_such_side('ml_features_at_time') -}}
{% endmacro %}


{% macro bigquery__ml_features_at_time(data, time, num_rows, ignore_feature_nulls) -%}
ml.features_at_time(
    {{ _ml_query(data) }},
    {%- if time is not none %}
    time => {{ time }},
    {%- endif %}
    num_rows => {{ num_rows }},
    ignore_feature_nulls => {{ ignore_feature_nulls | lower }}
)
{%- endmacro %}


{% macro duckdb__ml_features_at_time(data, time, num_rows, ignore_feature_nulls) -%}
{%- set moment = 'cast(' ~ (time or 'current_timestamp') ~ ' as timestamp)' -%}
(
    with {{ _duckdb_ml_states('ml_features_at_time', data, ignore_feature_nulls) }}

    select * exclude (_tie) replace (case when false then feature_timestamp else {{ moment }} end as feature_timestamp)
    from states
    where feature_timestamp <= {{ moment }}
    qualify row_number() over (partition by entity_id order by feature_timestamp desc, _tie desc) <= {{ num_rows }}
)
{%- endmacro %}


{% macro _ml_at_time_settings(macro_name, num_rows, ignore_feature_nulls) %}
    {%- if num_rows is boolean or num_rows is not integer or num_rows < 1 -%}
        {%- do _ml_setting_refused(macro_name, 'num_rows', num_rows, 'must be a whole number of at least 1') -%}
    {%- endif -%}
    {%- if ignore_feature_nulls is not boolean -%}
        {%- do _ml_setting_refused(macro_name, 'ignore_feature_nulls', ignore_feature_nulls, 'must be true or false') -%}
    {%- endif -%}
{% endmacro %}


{#-
  The CTE `states`: the rows of the data, NULLs filled if asked for, and _tie, which orders rows of one moment.
  Types are checked before a row is read, as BigQuery does.
-#}
{% macro _duckdb_ml_states(macro_name, data, ignore_feature_nulls) -%}
    given as (
        select source.*, hash(source) as _tie
        from {{ _rows_of(data) }} as source
        where
            {{ _duckdb_ml_of_type(macro_name, 'source.entity_id', ['VARCHAR'], 'STRING') }}
            and {{ _duckdb_ml_of_type(macro_name, 'source.feature_timestamp', ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'], 'TIMESTAMP') }}
    ),

    states as (
        {%- if ignore_feature_nulls %}
        select
            last_value(columns(*) ignore nulls) over (
                partition by entity_id
                order by feature_timestamp, _tie
                rows between unbounded preceding and current row
            )
        from given
        {%- else %}
        select * from given
        {%- endif %}
    )
{%- endmacro %}


{% macro _duckdb_ml_of_type(macro_name, column, types, wanted) -%}
    {%- set fault = macro_name ~ " in " ~ model.name ~ ": " ~ column.split('.')[1] ~ " must be " ~ wanted ~ "; cast it" -%}
    case when typeof({{ column }}) in ('{{ types | join("', '") }}') then true else error({{ text_literal(fault) }}) end
{%- endmacro %}
