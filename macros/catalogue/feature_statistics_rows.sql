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
