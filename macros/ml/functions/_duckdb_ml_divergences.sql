{#-
  How far two sides are apart, as BigQuery measures it: the body of ML.VALIDATE_DATA_DRIFT and _SKEW, after CTEs
  that give for each side, `base` and `study`,

    <side>_types    input, is_number
    <side>_buckets  input, low, high, n    numbers: buckets of equal width over the side's own range
    <side>_values   input, category, n     everything else
-#}
{% macro _duckdb_ml_divergences(settings) -%}
    {%- set categorical = settings.get('categorical_metric_type', 'L_INFTY') -%}
    -- keeps the columns of both sides, whatever the case of their names
    types as (
        select
            base.input,
            lower(base.input) as name,
            base.is_number and study.is_number as is_number,
            base.is_number != study.is_number as is_mixed
        from base_types as base
        inner join study_types as study on lower(base.input) = lower(study.input)
    ),

    buckets as (
        select 'base' as side, lower(input) as name, low, high, n / sum(n) over (partition by input) as share
        from base_buckets
        union all
        select 'study' as side, lower(input) as name, low, high, n / sum(n) over (partition by input) as share
        from study_buckets
    ),

    -- the intervals between all edges of both sides, and how much of each side's share lies in one
    intervals as (
        select name, edge as low, lead(edge) over (partition by name order by edge) as high
        from (
            select name, low as edge from buckets
            union
            select name, high as edge from buckets
        )
    ),

    rebinned as (
        select
            intervals.name,
            intervals.low,
            sum(case when buckets.side = 'base' then buckets.share * (intervals.high - intervals.low) / (buckets.high - buckets.low) else 0 end) as p,
            sum(case when buckets.side = 'study' then buckets.share * (intervals.high - intervals.low) / (buckets.high - buckets.low) else 0 end) as q
        from intervals
        inner join buckets
            on intervals.name = buckets.name
            and buckets.low <= intervals.low
            and buckets.high >= intervals.high
        group by intervals.name, intervals.low
    ),

    -- a side keeps its most frequent values, and shares are of these
    ranked as (
        {%- for side in ['base', 'study'] %}
        select
            '{{ side }}' as side,
            lower(input) as name,
            category,
            n,
            row_number() over (partition by input order by n desc, category) as place
        from {{ side }}_values
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ),

    value_shares as (
        select
            name,
            category,
            coalesce(sum(share) filter (where side = 'base'), 0) as p,
            coalesce(sum(share) filter (where side = 'study'), 0) as q
        from (
            select side, name, category, n / sum(n) over (partition by side, name) as share
            from ranked
            where place <= {{ settings.get('num_rank_histogram_buckets', 50) }}
        )
        group by name, category
    ),

    distances as (
        select
            types.input,
            'JENSEN_SHANNON_DIVERGENCE' as metric,
            {{ settings.get('numerical_default_threshold', 0.3) }} as threshold,
            {{ _duckdb_ml_divergence('rebinned') }} as value
        from rebinned
        inner join types on rebinned.name = types.name
        where types.is_number
        group by types.input
        having sum(rebinned.p) > 0 and sum(rebinned.q) > 0
        union all
        select
            types.input,
            '{{ categorical }}' as metric,
            {{ settings.get('categorical_default_threshold', 0.3) }} as threshold,
            {%- if categorical == 'L_INFTY' %}
            max(abs(value_shares.p - value_shares.q)) as value
            {%- else %}
            {{ _duckdb_ml_divergence('value_shares') }} as value
            {%- endif %}
        from value_shares
        inner join types on value_shares.name = types.name
        where not types.is_number {{ 'and not types.is_mixed' if categorical != 'L_INFTY' }}
        group by types.input
    ),

    limited as (
        select
            input,
            metric,
            cast(
                {%- if settings.get('thresholds') %}
                case lower(input)
                    {%- for column, number in settings.thresholds.items() %}
                    when {{ text_literal(column | lower) }} then {{ number }}
                    {%- endfor %}
                    else threshold
                end
                {%- else %}
                threshold
                {%- endif %} as double
            ) as threshold,
            value
        from distances
    )

    select input, metric, threshold, value, value > threshold as is_anomaly
    from limited
{%- endmacro %}


{#- Jensen-Shannon divergence, base 2, of the shares p and q of a table; a sum of rounding errors is no less than 0. -#}
{% macro _duckdb_ml_divergence(shares) -%}
    greatest(0.0, sum(
                case when {{ shares }}.p > 0 then {{ shares }}.p * log2(2 * {{ shares }}.p / ({{ shares }}.p + {{ shares }}.q)) / 2 else 0 end
                + case when {{ shares }}.q > 0 then {{ shares }}.q * log2(2 * {{ shares }}.q / ({{ shares }}.p + {{ shares }}.q)) / 2 else 0 end
            ))
{%- endmacro %}


{#- The CTEs of one side from its rows, of whatever columns. -#}
{% macro _duckdb_ml_distribution(side, data, buckets) -%}
    {%- set is_number = _duckdb_ml_is_number() -%}
    {%- set number = 'try_cast(columns(*) as double)' -%}
    {{ side }}_rows as (
        select * from {{ _rows_of(data) }}
    ),

    {{ side }}_types as (
        unpivot (select {{ is_number }} from {{ side }}_rows limit 1)
        on columns(*) into name input value is_number
    ),

    -- a column that holds one value only gets a range of width one around it
    {{ side }}_ranges as (
        select
            input,
            case when range[1] = range[2] then range[1] - 0.5 else range[1] end as low,
            case when range[1] = range[2] then 1.0 else range[2] - range[1] end as width
        from (
            unpivot (
                select [
                    min(case when {{ is_number }} and isfinite({{ number }}) then {{ number }} end),
                    max(case when {{ is_number }} and isfinite({{ number }}) then {{ number }} end)
                ]
                from {{ side }}_rows
            )
            on columns(*) into name input value range
        )
        where isfinite(range[2] - range[1])
    ),

    {{ side }}_places as (
        select
            numbers.input,
            ranges.low,
            ranges.width,
            least({{ buckets - 1 }}, floor((numbers.x - ranges.low) / ranges.width * {{ buckets }})) as place,
            count(*) as n
        from (
            unpivot (select case when {{ is_number }} then {{ number }} end from {{ side }}_rows)
            on columns(*) into name input value x
        ) as numbers
        inner join {{ side }}_ranges as ranges on numbers.input = ranges.input
        where isfinite(numbers.x)
        group by numbers.input, ranges.low, ranges.width, place
    ),

    {{ side }}_buckets as (
        select
            input,
            low + width * place / {{ buckets }} as low,
            low + width * (place + 1) / {{ buckets }} as high,
            n
        from {{ side }}_places
    ),

    {{ side }}_values as (
        select input, entry.key as category, entry.value as n
        from (
            select input, unnest(entries) as entry
            from (
                unpivot (
                    select map_entries(histogram(case when not {{ is_number }} then cast(columns(*) as varchar) end))
                    from {{ side }}_rows
                )
                on columns(*) into name input value entries
            )
        )
    )
{%- endmacro %}


{#- Whether a column is of a type that BigQuery reads as a number; known before any row is read. -#}
{% macro _duckdb_ml_is_number() -%}
    regexp_matches(typeof(columns(*)), '^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$')
{%- endmacro %}
