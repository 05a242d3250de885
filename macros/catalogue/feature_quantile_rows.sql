{#-
  One row per feature view version and feature that is a number: view_name, view_version, feature_name, and the
  quantiles 0.05, 0.25, 0.5, 0.75 and 0.95, values that occur. Approximate on BigQuery.
-#}
{% macro feature_quantile_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set percents = ['05', '25', '50', '75', '95'] -%}
    {%- set selects = [] -%}
    {%- for view in _feature_views() -%}
        {%- for feature in view['columns'] if _is_number(feature) -%}
            {%- set sql %}
    select
        {{ _of_view(view) }}, {{ text_literal(feature.name) }} as feature_name,
        {%- for percent in percents %}
        {{ value_at_quantile(_as_number(feature), percent | int) }} as quantile_{{ percent }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ view.relation }}
            {%- endset -%}
            {%- do selects.append(sql) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set columns = {'view_name': 'string', 'view_version': 'int64', 'feature_name': 'string'} -%}
    {%- for percent in percents -%} {%- do columns.update({'quantile_' ~ percent: 'float64'}) -%} {%- endfor -%}
    {{ return(_union_of(selects, columns)) }}
{% endmacro %}
