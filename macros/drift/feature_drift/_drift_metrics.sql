{#- From the counts of both sides to the metrics: the same SQL on both engines. -#}
{% macro _drift_metrics(features, by, limits) -%}
    sides as (
        select
            study.moment,
            study.feature,
            base.row_count as base_rows,
            base.value_count as base_count,
            study.row_count as study_rows,
            study.value_count as study_count
        from study_features as study
        inner join base_features as base on study.feature = base.feature
    ),

    buckets as (
        select
            sides.moment,
            sides.feature,
            base.place,
            base.n as base_n,
            coalesce(study.n, 0) as study_n,
            sides.base_count,
            sides.study_count
        from sides
        inner join base_buckets as base on sides.feature = base.feature
        left join study_buckets as study
            on
                sides.moment = study.moment
                and sides.feature = study.feature
                and base.place = study.place
        where sides.base_count > 0 and sides.study_count > 0
    ),

    cumulated as (
        select
            *,
            sum(base_n) over (partition by moment, feature order by place) as base_to,
            sum(study_n) over (partition by moment, feature order by place) as study_to
        from buckets
    ),

    -- keeps which tenth of the base a bucket begins in
    tenths as (
        select
            moment,
            feature,
            {%- set tenth = 'least(9, floor(10 * (base_to - base_n) / base_count + 0.05))' %}
            {%- if features.bounds %}
            case when feature in ({% for name in features.bounds %}{{ text_literal(name) }}{{ ', ' if not loop.last }}{% endfor %}) then place else {{ tenth }} end as tenth,
            {%- else %}
            {{ tenth }} as tenth,
            {%- endif %}
            base_n,
            study_n,
            base_count,
            study_count,
            abs(base_to / base_count - study_to / study_count) as distance
        from cumulated
    ),

    -- a share of nothing counts as one in ten thousand
    tenth_shares as (
        select
            moment,
            feature,
            greatest(sum(base_n) / max(base_count), 0.0001) as p,
            greatest(sum(study_n) / max(study_count), 0.0001) as q,
            max(distance) as distance
        from tenths
        group by moment, feature, tenth
    ),

    ranked_values as (
        select
            feature,
            category,
            n,
            row_number() over (partition by feature order by n desc, category) as place
        from base_values
    ),

    cells as (
        select
            sides.moment,
            sides.feature,
            kept.category,
            kept.n as base_n,
            0 as study_n
        from sides
        inner join ranked_values as kept on sides.feature = kept.feature
        where kept.place <= 1000
        union all
        select
            moment,
            feature,
            category,
            0 as base_n,
            n as study_n
        from study_values
    ),

    category_counts as (
        select
            moment,
            feature,
            category,
            sum(base_n) as base_n,
            sum(study_n) as study_n
        from cells
        group by moment, feature, category
    ),

    category_shares as (
        select
            counts.moment,
            counts.feature,
            counts.base_n > 0 as is_known,
            counts.base_n / sides.base_count as p,
            counts.study_n / sides.study_count as q
        from category_counts as counts
        inner join sides on counts.moment = sides.moment and counts.feature = sides.feature
        where sides.base_count > 0 and sides.study_count > 0
    ),

    category_metrics as (
        select
            moment,
            feature,
            sum(case when is_known then (greatest(p, 0.0001) - greatest(q, 0.0001)) * ln(greatest(p, 0.0001) / greatest(q, 0.0001)) else 0 end) as psi,
            max(abs(p - q)) as l_infty,
            greatest(1 - sum(p), 0) as rest_p,
            sum(case when is_known then 0 else q end) as rest_q
        from category_shares
        group by moment, feature
    ),

    metrics as (
        select moment, feature, 'PSI' as metric, sum((p - q) * ln(p / q)) as value
        from tenth_shares
        group by moment, feature
        union all
        select moment, feature, 'KS_DISTANCE' as metric, max(distance) as value
        from tenth_shares
        group by moment, feature
        union all
        select
            moment,
            feature,
            'PSI' as metric,
            psi + (greatest(rest_p, 0.0001) - greatest(rest_q, 0.0001)) * ln(greatest(rest_p, 0.0001) / greatest(rest_q, 0.0001)) as value
        from category_metrics
        union all
        select moment, feature, 'L_INFTY' as metric, l_infty as value
        from category_metrics
        union all
        select moment, feature, 'NEW_CATEGORY_SHARE' as metric, greatest(rest_q - rest_p, 0) as value
        from category_metrics
        union all
        select
            moment,
            feature,
            'NULL_RATE_DELTA' as metric,
            (study_rows - study_count) / study_rows - (base_rows - base_count) / base_rows as value
        from sides
        where base_rows > 0 and study_rows > 0
    ),

    limited as (
        select
            metrics.moment,
            metrics.feature,
            metrics.metric,
            cast(
                case
                    {%- for metric, numbers in limits.items() %}
                    {%- for feature, number in numbers.items() if feature != 'default' %}
                    when metrics.metric = '{{ metric }}' and metrics.feature = {{ text_literal(feature) }} then {{ number }}
                    {%- endfor %}
                    when metrics.metric = '{{ metric }}' then {{ numbers.default }}
                    {%- endfor %}
                end as {{ dbt.type_float() }}
            ) as threshold,
            metrics.value,
            sides.study_rows as rows_count
        from metrics
        inner join sides on metrics.moment = sides.moment and metrics.feature = sides.feature
    )

    select
        {%- if by is not none %}
        moment as {{ adapter.quote(by) }},
        {%- endif %}
        feature,
        metric,
        threshold,
        value,
        abs(value) > threshold as is_anomaly,
        rows_count
    from limited
{%- endmacro %}
