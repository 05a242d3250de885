{#- A trained model has kept what it was trained on: then its distributions are the base, and no row of it is read. -#}
{% macro duckdb__feature_drift(base, study, features, by, model, limits) -%}
{%- if model is not none -%}
    {%- do _duckdb_ml_require_reference('feature_drift', _ml_model_config(model, 'feature_drift'), features.all) -%}
{%- endif -%}
(
    with {{ _duckdb_drift_base_of_rows(base, features) if model is none else _duckdb_drift_base_of_model(model, features) }},

    study_rows as (
        select * from {{ _rows_of(study) }}
    ),

    study_counts as materialized (
        {{ _duckdb_drift_counts('study_rows', features, by) | indent(8) }}
    ),

    {{ _duckdb_drift_sides('study') | indent(4) }},

    {{ _drift_metrics(features, by, limits) }}
)
{%- endmacro %}


{#- The CTEs of the base: bounds, base_features, base_buckets and base_values. -#}
{% macro _duckdb_drift_base_of_rows(base, features) -%}
    base_rows as (
        select * from {{ _rows_of(base) }}
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

    {{ _duckdb_drift_sides('base') | indent(4) }}
{%- endmacro %}


{#- The same out of the distributions that were kept with a model. -#}
{% macro _duckdb_drift_base_of_model(model, features) -%}
    kept as materialized (
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
    )
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


{#- 0.01 to 0.99. -#}
{% macro _drift_percentiles() -%}
    [{% for percent in range(1, 100) %}{{ percent / 100 }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}
