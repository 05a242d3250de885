{#- The comparisons of all reads, counted by feature. -#}
{% macro _serving_skew_rates(view) -%}
    rates as (
        select
            feature,
            count(*) as rows_count,
            count(case when is_mismatch then 1 end) / count(*) as mismatch_rate,
            count(case when is_missing then 1 end) / count(*) as missing_rate,
            count(case when is_extra then 1 end) / count(*) as extra_rate,
            avg(error) as smape
        from compared
        where is_asked
        group by feature
    )

    select
        {{ text_literal(view.name) }} as view,
        cast({{ view.version }} as {{ dbt.type_bigint() }}) as version,
        feature,
        rows_count,
        mismatch_rate,
        missing_rate,
        extra_rate,
        smape
    from rates
{%- endmacro %}
