{#-
  ML.VALIDATE_DATA_DRIFT as a table: one row per column that both sides hold.

    input, metric, threshold, value, is_anomaly (value > threshold)

  Numbers: Jensen-Shannon divergence (base 2) of two equal-width histograms of 10 buckets, each over
  its own side's range, re-binned onto the union of their edges. Everything else: L-infinity, the
  greatest difference of a category's share. NULLs are left out. `base` and `study` are relations,
  names of CTEs or queries; the thresholds are BigQuery's settings of those names.
-#}
{% macro ml_validate_data_drift(base, study, numerical_default_threshold=0.3, categorical_default_threshold=0.3) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {{- return(adapter.dispatch('ml_validate_data_drift', 'azekura')(
        base, study, numerical_default_threshold, categorical_default_threshold
    )) -}}
{% endmacro %}

{% macro default__ml_validate_data_drift(base, study, numerical_default_threshold, categorical_default_threshold) %}
    {{- _no_such_side('ml_validate_data_drift') -}}
{% endmacro %}


{% macro bigquery__ml_validate_data_drift(base, study, numerical_default_threshold, categorical_default_threshold) -%}
ml.validate_data_drift(
    {{ _ml_query(base) }},
    {{ _ml_query(study) }},
    struct(
        {{ numerical_default_threshold }} as numerical_default_threshold,
        {{ categorical_default_threshold }} as categorical_default_threshold
    )
)
{%- endmacro %}


{% macro duckdb__ml_validate_data_drift(base, study, numerical_default_threshold, categorical_default_threshold) -%}
(
    with base_rows as (
        select * from {{ _ml_data(base) }}
    ),

    study_rows as (
        select * from {{ _ml_data(study) }}
    ),

    -- the columns both sides hold, and which of them are numbers
    types as (
        select
            input,
            regexp_matches(data_type, '^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$') as is_number
        from (
            unpivot (select typeof(columns(*)) from base_rows limit 1)
            on columns(*) into name input value data_type
        )
        where input in (
            select input
            from (
                unpivot (select typeof(columns(*)) from study_rows limit 1)
                on columns(*) into name input value data_type
            )
        )
    ),

    -- one row per side, column and distinct value that is not NULL; n is how often it occurs
    cells as (
        {%- for side in ['base', 'study'] %}
        {%- if not loop.first %}
        union all
        {%- endif %}
        select
            '{{ side }}' as side,
            input,
            entry.key as cell,
            entry.value as n
        from (
            select input, unnest(entries) as entry
            from (
                unpivot (
                    select cast(map_entries(histogram(columns(*))) as struct(key varchar, value bigint)[])
                    from {{ side }}_rows
                )
                on columns(*) into name input value entries
            )
        )
        {%- endfor %}
    ),

    numbers as (
        select cells.side, cells.input, try_cast(cells.cell as double) as x, cells.n
        from cells
        inner join types on cells.input = types.input
        where types.is_number and isfinite(try_cast(cells.cell as double))
    ),

    -- a column that holds one value only gets a range of width one around it
    ranges as (
        select
            side,
            input,
            sum(n) as n,
            case when min(x) = max(x) then min(x) - 0.5 else min(x) end as low,
            case when min(x) = max(x) then 1.0 else max(x) - min(x) end as width
        from numbers
        group by side, input
    ),

    buckets as (
        select
            numbers.side,
            numbers.input,
            ranges.low + ranges.width * least(9, floor((numbers.x - ranges.low) / ranges.width * 10)) / 10 as low,
            ranges.low + ranges.width * (least(9, floor((numbers.x - ranges.low) / ranges.width * 10)) + 1) / 10 as high,
            sum(numbers.n) / any_value(ranges.n) as share
        from numbers
        inner join ranges on numbers.side = ranges.side and numbers.input = ranges.input
        group by all
    ),

    intervals as (
        select input, edge as low, lead(edge) over (partition by input order by edge) as high
        from (
            select input, low as edge from buckets
            union
            select input, high as edge from buckets
        )
    ),

    rebinned as (
        select
            intervals.input,
            intervals.low,
            sum(case when buckets.side = 'base' then buckets.share * (intervals.high - intervals.low) / (buckets.high - buckets.low) else 0 end) as p,
            sum(case when buckets.side = 'study' then buckets.share * (intervals.high - intervals.low) / (buckets.high - buckets.low) else 0 end) as q
        from intervals
        inner join buckets
            on intervals.input = buckets.input
            and buckets.low <= intervals.low
            and buckets.high >= intervals.high
        group by intervals.input, intervals.low
    ),

    divergences as (
        select
            input,
            'JENSEN_SHANNON_DIVERGENCE' as metric,
            cast({{ numerical_default_threshold }} as double) as threshold,
            greatest(0.0, sum(
                case when p > 0 then p * log2(2 * p / (p + q)) / 2 else 0 end
                + case when q > 0 then q * log2(2 * q / (p + q)) / 2 else 0 end
            )) as value
        from rebinned
        group by input
    ),

    shares as (
        select
            cells.input,
            cells.cell,
            sum(case when cells.side = 'base' then cells.n else 0 end) as base_n,
            sum(case when cells.side = 'study' then cells.n else 0 end) as study_n
        from cells
        inner join types on cells.input = types.input
        where not types.is_number
        group by cells.input, cells.cell
    ),

    distances as (
        select
            input,
            'L_INFTY' as metric,
            cast({{ categorical_default_threshold }} as double) as threshold,
            max(abs(
                coalesce(base_n / nullif(base_total, 0), 0) - coalesce(study_n / nullif(study_total, 0), 0)
            )) as value
        from (
            select
                *,
                sum(base_n) over (partition by input) as base_total,
                sum(study_n) over (partition by input) as study_total
            from shares
        )
        group by input
    )

    select *, value > threshold as is_anomaly from divergences
    union all
    select *, value > threshold as is_anomaly from distances
)
{%- endmacro %}
