{#-
  One row per feature view version and feature: what its column holds. view_name, view_version, feature_name,
  rows_count, nulls_count, distinct_count (NULL for types that cannot be compared), and, of numbers and of
  BOOLs as 0 and 1, minimum, maximum, mean and standard_deviation.
-#}
{% macro feature_statistics_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for view in _feature_views() -%}
        {%- for feature in view['columns'] -%}
            {%- set column = adapter.quote(feature.name) -%}
            {%- set value = _as_number(feature) -%}
            {%- set is_comparable = _is_number(feature) or _is_category(feature)
                or feature.data_type in ['DATE', 'TIMESTAMP', 'DATETIME', 'TIME'] -%}
            {%- set sql %}
    select
        {{ _of_view(view) }}, {{ text_literal(feature.name) }} as feature_name,
        count(*) as rows_count,
        count(*) - count({{ column }}) as nulls_count,
        {{ ('count(distinct ' ~ column ~ ')') if is_comparable else 'cast(null as ' ~ dbt.type_bigint() ~ ')' }} as distinct_count,
        min({{ value }}) as minimum,
        max({{ value }}) as maximum,
        avg({{ value }}) as mean,
        stddev_samp({{ value }}) as standard_deviation
    from {{ view.relation }}
            {%- endset -%}
            {%- do selects.append(sql) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'view_name': 'string', 'view_version': 'int64', 'feature_name': 'string', 'rows_count': 'int64',
        'nulls_count': 'int64', 'distinct_count': 'int64', 'minimum': 'float64', 'maximum': 'float64',
        'mean': 'float64', 'standard_deviation': 'float64',
    })) }}
{% endmacro %}


{% macro _is_number(feature) %}
    {{ return(modules.re.match('(INT64|FLOAT64|NUMERIC|BIGNUMERIC)', feature.data_type) is not none) }}
{% endmacro %}


{% macro _is_category(feature) %}
    {{ return(modules.re.match('(STRING|BOOL)', feature.data_type) is not none) }}
{% endmacro %}


{#- A feature as FLOAT64; NULL where it is no number, and where it is NaN or infinite. -#}
{% macro _as_number(feature) %}
    {%- set column = adapter.quote(feature.name) -%}
    {%- if feature.data_type == 'BOOL' -%}
        {{ return('cast(case when ' ~ column ~ ' then 1 when not ' ~ column ~ ' then 0 end as ' ~ dbt.type_float() ~ ')') }}
    {%- endif -%}
    {%- if feature.data_type == 'FLOAT64' -%}
        {{ return('case when abs(' ~ column ~ ') <= 1.7976931348623157e308 then ' ~ column ~ ' end') }}
    {%- endif -%}
    {{ return('cast(' ~ (column if _is_number(feature) else 'null') ~ ' as ' ~ dbt.type_float() ~ ')') }}
{% endmacro %}
