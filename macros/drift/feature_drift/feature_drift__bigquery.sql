{% macro bigquery__feature_drift(base, study, features, by, model, limits) -%}
(
    with base_rows as (
        select * from {{ _rows_of(base) }}
    ),

    study_rows as (
        select * from {{ _rows_of(study) }}
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
