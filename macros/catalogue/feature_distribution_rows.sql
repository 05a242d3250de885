{#-
  One row per feature view version, feature and bucket that holds rows: view_name, view_version, feature_name,
  bucket_number, low, high, category, rows_count. Of a number these are at most `buckets` stretches of equal
  width between its least and its greatest value, of an INT64 a whole number wide; of a STRING or BOOL its most frequent values, at most `categories`
  of them, and one bucket without category for the rest. NULLs are left out. `statistics` is the relation
  of feature_statistics.
-#}
{% macro feature_distribution_rows(statistics, buckets=40, categories=20) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for view in _feature_views() -%}
        {%- for feature in view['columns'] if _is_number(feature) or _is_category(feature) -%}
            {%- if _is_number(feature) -%}
                {%- do selects.append(_number_buckets(view, feature, statistics, buckets)) -%}
            {%- else -%}
                {%- do selects.append(_category_buckets(view, feature, categories)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'view_name': 'string', 'view_version': 'int64', 'feature_name': 'string', 'bucket_number': 'int64',
        'low': 'float64', 'high': 'float64', 'category': 'string', 'rows_count': 'int64',
    })) }}
{% endmacro %}


{% macro _number_buckets(view, feature, statistics, buckets) %}
    {%- set width -%}
    {%- if feature.data_type == 'INT64' -%} ceil((maximum - minimum + 1) / {{ buckets }})
    {%- else -%} (maximum - minimum) / {{ buckets }}
    {%- endif -%}
    {%- endset %}
    select
        {{ _of_view(view) }}, {{ text_literal(feature.name) }} as feature_name,
        bucket_number,
        minimum + bucket_number * width as low,
        minimum + (bucket_number + 1) * width as high,
        cast(null as {{ dbt.type_string() }}) as category,
        count(*) as rows_count
    from (
        select
            bounds.minimum,
            bounds.width,
            -- the greatest value is in the last bucket; all values may be the same
            coalesce(least(
                cast(floor((given.value - bounds.minimum) / nullif(bounds.width, 0)) as {{ dbt.type_bigint() }}),
                {{ buckets - 1 }}
            ), 0) as bucket_number
        from (select {{ _as_number(feature) }} as value from {{ view.relation }}) as given
        cross join (
            select minimum, {{ width }} as width
            from {{ statistics }}
            where
                view_name = {{ text_literal(view.name) }}
                and view_version = {{ view.version }}
                and feature_name = {{ text_literal(feature.name) }}
        ) as bounds
        where given.value is not null
    ) as numbered
    group by bucket_number, minimum, width
{%- endmacro %}


{% macro _category_buckets(view, feature, categories) %}
    select
        {{ _of_view(view) }}, {{ text_literal(feature.name) }} as feature_name,
        bucket_number,
        cast(null as {{ dbt.type_float() }}) as low,
        cast(null as {{ dbt.type_float() }}) as high,
        max(case when bucket_number < {{ categories }} then category end) as category,
        cast(sum(n) as {{ dbt.type_bigint() }}) as rows_count
    from (
        select
            category,
            n,
            least(row_number() over (order by n desc, category), {{ categories + 1 }}) - 1 as bucket_number
        from (
            select cast({{ adapter.quote(feature.name) }} as {{ dbt.type_string() }}) as category, count(*) as n
            from {{ view.relation }}
            where {{ adapter.quote(feature.name) }} is not null
            group by 1
        ) as counted
    ) as numbered
    group by bucket_number
{%- endmacro %}
