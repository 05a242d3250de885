{#-
  How far features have moved from where they were, one row per feature and metric, or with `by` per
  value of that column of the study, feature and metric:

    [by,] feature, metric, threshold, value, is_anomaly, rows_count (of the study)

  PSI                 population stability index, over the tenths of the base; of a category over its values
  KS_DISTANCE         numbers: the greatest difference of the two shares below a percentile of the base
  L_INFTY             categories: the greatest difference of a value's share
  NEW_CATEGORY_SHARE  categories: share of the study that the base has never had
  NULL_RATE_DELTA     share of NULLs less that of the base; NaN counts as NULL

  PSI to NEW_CATEGORY_SHARE are of values that are not NULL; a side without any has no row of them.

    base, study     relations, names of CTEs, or queries; each is read once
    numbers         names of columns; or a mapping of each to the bounds of its buckets, ascending, which
                    then take the place of tenths and percentiles
    categories      names of columns; a value past the thousand most frequent of the base is a rare one
    model           a trained model: the base is what it was trained on. DuckDB takes the distributions kept
                    with the model and reads no base; BigQuery does not show them, and counts `base`
    thresholds      metric: number, or feature: {metric: number}; is_anomaly is |value| > threshold
-#}
{% macro feature_drift(base, study, numbers=[], categories=[], by=none, model=none, thresholds={}) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set features = _drift_features(numbers, categories) -%}
    {%- if model is not none and features.bounds -%}
        {%- do _drift_refuse("a trained model has kept its own percentiles; give numbers as a list of names") -%}
    {%- endif -%}
    {%- set limits = _drift_thresholds(thresholds, features) -%}
    {{- return(adapter.dispatch('feature_drift', 'azekura')(base, study, features, by, model, limits)) -}}
{% endmacro %}

{% macro default__feature_drift(base, study, features, by, model, limits) %}
    {{- _no_such_side('feature_drift') -}}
{% endmacro %}


{#- The features as {numbers: [name], bounds: {name: [number]}, categories: [name], all: [name]}, checked. -#}
{% macro _drift_features(numbers, categories) %}
    {%- set bounds = numbers if numbers is mapping else {} -%}
    {%- set names = (numbers.keys() if numbers is mapping else numbers) | list -%}
    {%- set all = names + categories -%}
    {%- if not all -%} {%- do _drift_refuse("no feature is named; give numbers, categories, or both") -%} {%- endif -%}
    {%- for name in all if all.count(name) > 1 -%}
        {%- do _drift_refuse("feature '" ~ name ~ "' is named twice; name it once") -%}
    {%- endfor -%}
    {%- for name, points in bounds.items() -%}
        {%- if points is string or points is not iterable or not points or points != points | unique | sort -%}
            {%- do _drift_refuse(
                "the bounds of '" ~ name ~ "' must be numbers that ascend, got " ~ tojson(points)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'numbers': names, 'bounds': bounds, 'categories': categories, 'all': all}) }}
{% endmacro %}


{#- The thresholds as {metric: {'default': number, feature: number}}. -#}
{% macro _drift_thresholds(given, features) %}
    {%- set limits = {
        'PSI': {'default': 0.25},
        'KS_DISTANCE': {'default': 0.2},
        'L_INFTY': {'default': 0.3},
        'NEW_CATEGORY_SHARE': {'default': 0.05},
        'NULL_RATE_DELTA': {'default': 0.1},
    } -%}
    {%- for name, value in given.items() -%}
        {%- if name not in limits and name not in features.all -%}
            {%- do _drift_refuse(
                "threshold '" ~ name ~ "' is no metric and no feature; metrics are " ~ limits.keys() | join(', ')
            ) -%}
        {%- endif -%}
        {%- for metric, number in (value if value is mapping else {name: value}).items() -%}
            {%- if metric not in limits -%}
                {%- do _drift_refuse(
                    "'" ~ metric ~ "' of threshold '" ~ name ~ "' is no metric; metrics are " ~ limits.keys() | join(', ')
                ) -%}
            {%- elif number is boolean or number is not number or number < 0 -%}
                {%- do _drift_refuse(
                    "threshold '" ~ name ~ "' must be a number of at least 0, got " ~ tojson(number)
                ) -%}
            {%- endif -%}
            {%- do limits[metric].update({(name if value is mapping else 'default'): number}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(limits) }}
{% endmacro %}


{% macro _drift_refuse(why) %}
    {{ exceptions.raise_compiler_error("feature_drift in " ~ model.name ~ ": " ~ why ~ ".") }}
{% endmacro %}


{#- A column as a number, NULL where it is NaN. -#}
{% macro _drift_number(column, is_nan) -%}
    case when not {{ is_nan }}(cast({{ column }} as {{ dbt.type_float() }})) then cast({{ column }} as {{ dbt.type_float() }}) end
{%- endmacro %}


{% macro duckdb__feature_drift(base, study, features, by, model, limits) -%}
{%- set trained = none if model is none else _ml_model_config(model, 'feature_drift') -%}
{%- if trained is not none -%} {%- do _duckdb_ml_require_reference('feature_drift', trained, features.all) -%} {%- endif -%}
(
    with
    {%- if trained is none %} base_rows as (
        select * from {{ _ml_data(base) }}
    ),

    -- the percentiles are approximate, what lies between them is counted
    bounds as materialized (
        select
            {%- for name in features.numbers %}
            {%- if name in features.bounds %}
            [{{ features.bounds[name] | join(', ') }}, 'infinity'::double]::double[] as {{ adapter.quote(name) }},
            {%- else %}
            list_sort(list_distinct(list_append(
                approx_quantile({{ _drift_number(adapter.quote(name), 'isnan') }}, {{ _drift_percentiles() }}), 'infinity'::double
            ))) as {{ adapter.quote(name) }},
            {%- endif %}
            {%- endfor %}
            count(*) as one
        from base_rows
    ),

    base_counts as materialized (
        {{ _duckdb_drift_counts('base_rows', features, none) | indent(8) }}
    ),

    {{ _duckdb_drift_sides('base') | indent(4) }},
    {%- else %} kept as materialized (
        select unnest(reference) as feature
        from {{ _ml_relation(model) }}
    ),

    bounds as materialized (
        select
            {%- for name in features.numbers %}
            {%- set bounds = 'any_value(list_transform(feature.quantiles, lambda bucket: bucket.upper))' %}
            {{ bounds }} filter (where feature.input = {{ text_literal(name) }}) as {{ adapter.quote(name) }},
            {%- endfor %}
            count(*) as one
        from kept
    ),

    base_features as (
        select
            0 as moment,
            feature.input as feature,
            feature.row_count as row_count,
            feature.row_count - feature.null_count as value_count
        from kept
    ),

    base_buckets as (
        select feature, place, bucket.n as n
        from (
            select
                feature.input as feature,
                generate_subscripts(feature.quantiles, 1) as place,
                unnest(feature.quantiles) as bucket
            from kept
        )
    ),

    base_values as (
        select feature, entry.value as category, entry.n as n
        from (select feature.input as feature, unnest(feature.categories) as entry from kept)
    ),
    {%- endif %}

    study_rows as (
        select * from {{ _ml_data(study) }}
    ),

    study_counts as materialized (
        {{ _duckdb_drift_counts('study_rows', features, by) | indent(8) }}
    ),

    {{ _duckdb_drift_sides('study') | indent(4) }},

    {{ _drift_metrics(features, by, limits) }}
)
{%- endmacro %}


{#- 0.01 to 0.99. -#}
{% macro _drift_percentiles() -%}
    [{% for percent in range(1, 100) %}{{ percent / 100 }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}


{#- All that is counted of one side, in one pass over its rows. -#}
{% macro _duckdb_drift_counts(rows, features, by) -%}
select
    {{ 0 if by is none else 'given.' ~ adapter.quote(by) }} as moment,
    count(*) as row_count,
    [
        {%- for name in features.numbers %}
        {%- set number = _drift_number('given.' ~ adapter.quote(name), 'isnan') %}
        {
            'feature': {{ text_literal(name) }},
            'value_count': count({{ number }}),
            'counts': map_values(histogram({{ number }}, bounds.{{ adapter.quote(name) }}))
        }{{ ',' if not loop.last }}
        {%- endfor %}
    ]::struct(feature varchar, value_count bigint, counts bigint[])[] as numbers,
    [
        {%- for name in features.categories %}
        {
            'feature': {{ text_literal(name) }},
            'value_count': count(given.{{ adapter.quote(name) }}),
            'counts': map_entries(histogram(cast(given.{{ adapter.quote(name) }} as varchar)))
        }{{ ',' if not loop.last }}
        {%- endfor %}
    ]::struct(feature varchar, value_count bigint, counts struct("key" varchar, "value" bigint)[])[] as categories
from {{ rows }} as given
cross join bounds
{%- if by is not none %}
where given.{{ adapter.quote(by) }} is not null
group by given.{{ adapter.quote(by) }}
{%- endif %}
{%- endmacro %}


{#- The counts of one side as <side>_features, <side>_buckets and <side>_values. -#}
{% macro _duckdb_drift_sides(side) -%}
{{ side }}_features as (
    select moment, entry.feature as feature, row_count, entry.value_count as value_count
    from (select moment, row_count, unnest(numbers) as entry from {{ side }}_counts)
    union all
    select moment, entry.feature as feature, row_count, entry.value_count as value_count
    from (select moment, row_count, unnest(categories) as entry from {{ side }}_counts)
),

{{ side }}_buckets as (
    select
        moment,
        entry.feature as feature,
        generate_subscripts(entry.counts, 1) as place,
        unnest(entry.counts) as n
    from (select moment, unnest(numbers) as entry from {{ side }}_counts)
),

{{ side }}_values as (
    select moment, feature, entry.key as category, entry.value as n
    from (
        select moment, entry.feature as feature, unnest(entry.counts) as entry
        from (select moment, unnest(categories) as entry from {{ side }}_counts)
    )
)
{%- endmacro %}


{% macro bigquery__feature_drift(base, study, features, by, model, limits) -%}
(
    with base_rows as (
        select * from {{ _ml_data(base) }}
    ),

    study_rows as (
        select * from {{ _ml_data(study) }}
    ),

    quantiles as (
        select
            {%- for name in features.numbers if name not in features.bounds %}
            approx_quantiles({{ _drift_number(adapter.quote(name), 'is_nan') }}, 100) as {{ adapter.quote(name) }},
            {%- endfor %}
            count(*) as one
        from base_rows
    ),

    -- of each number, negated and so descending: range_bucket counts what is at most its point
    bounds as (
        select
            {%- for name in features.numbers %}
            {%- if name in features.bounds %}
            [{% for bound in features.bounds[name] | reverse %}{{ -bound | float }}{{ ', ' if not loop.last }}{% endfor %}] as {{ adapter.quote(name) }},
            {%- else %}
            array(
                select distinct -bound as bound
                from unnest({{ adapter.quote(name) }}) as bound with offset as place
                where place between 1 and 99
                order by bound
            ) as {{ adapter.quote(name) }},
            {%- endif %}
            {%- endfor %}
            1 as one
        from quantiles
    ),

    {{ _bigquery_drift_sides('base', features, none) | indent(4) }},

    {{ _bigquery_drift_sides('study', features, by) | indent(4) }},

    {{ _drift_metrics(features, by, limits) }}
)
{%- endmacro %}


{#- The counts of one side, in one pass over its rows, as <side>_features, <side>_buckets and <side>_values. -#}
{% macro _bigquery_drift_sides(side, features, by) -%}
{{ side }}_places as (
    select
        {{ 0 if by is none else 'given.' ~ adapter.quote(by) }} as moment,
        [
            {%- for name in features.numbers %}
            {%- set number = _drift_number('given.' ~ adapter.quote(name), 'is_nan') %}
            {%- set bounds = 'bounds.' ~ adapter.quote(name) %}
            struct(
                {{ text_literal(name) }} as feature,
                array_length({{ bounds }}) + 1 - range_bucket(-{{ number }}, {{ bounds }}) as place,
                cast(null as string) as category
            ){{ ',' if not loop.last or features.categories }}
            {%- endfor %}
            {%- for name in features.categories %}
            struct(
                {{ text_literal(name) }} as feature,
                cast(null as int64) as place,
                cast(given.{{ adapter.quote(name) }} as string) as category
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ] as cells
    from {{ side }}_rows as given
    cross join bounds
    {%- if by is not none %}
    where given.{{ adapter.quote(by) }} is not null
    {%- endif %}
),

{{ side }}_counts as (
    select places.moment, cell.feature, cell.place, cell.category, count(*) as n
    from {{ side }}_places as places
    cross join unnest(places.cells) as cell
    group by places.moment, cell.feature, cell.place, cell.category
),

{{ side }}_features as (
    select
        moment,
        feature,
        sum(n) as row_count,
        sum(case when place is not null or category is not null then n else 0 end) as value_count
    from {{ side }}_counts
    group by moment, feature
),

{{ side }}_buckets as (
    {%- if side == 'base' %}
    select sizes.feature, bucket as place, coalesce(counts.n, 0) as n
    from bounds
    cross join unnest([
        {%- for name in features.numbers %}
        struct({{ text_literal(name) }} as feature, array_length(bounds.{{ adapter.quote(name) }}) + 1 as size),
        {%- endfor %}
        struct('' as feature, 0 as size)
    ]) as sizes
    cross join unnest(generate_array(1, sizes.size)) as bucket
    left join base_counts as counts on sizes.feature = counts.feature and bucket = counts.place
    {%- else %}
    select moment, feature, place, n
    from {{ side }}_counts
    where place is not null
    {%- endif %}
),

{{ side }}_values as (
    select moment, feature, category, n
    from {{ side }}_counts
    where category is not null
)
{%- endmacro %}


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
