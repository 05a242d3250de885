{#-
  ML.DESCRIBE_DATA as a table, one row per column of the data:

    name, num_rows, num_nulls, num_zeros, min, max (as text), mean, stddev (of the population), median, quantiles,
    unique, avg_string_length, num_values, top_values (value, count), min_array_length, max_array_length, avg_array_length,
    total_array_length, array_length_quantiles, dimension

  Of numbers num_zeros to quantiles, of everything else unique to top_values; of an array these are of its elements,
  and the columns of lengths are of the array. On DuckDB quantiles and `unique` are exact, numbers that are not
  finite are left out, and the fields of a STRUCT have to be selected one by one; dimension is NULL.
-#}
{% macro ml_describe_data(data, num_quantiles=2, num_array_length_quantiles=10, top_k=1) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- for name, number, most in [
        ('num_quantiles', num_quantiles, 100000),
        ('num_array_length_quantiles', num_array_length_quantiles, 100000),
        ('top_k', top_k, 10000),
    ] -%}
        {%- do _ml_require_count('ml_describe_data', name, number, most) -%}
    {%- endfor -%}
    {{- return(adapter.dispatch('ml_describe_data', 'azekura')(
        data, num_quantiles, num_array_length_quantiles, top_k
    )) -}}
{% endmacro %}

{% macro default__ml_describe_data(data, num_quantiles, num_array_length_quantiles, top_k) %}
    {{- _no_such_side('ml_describe_data') -}}
{% endmacro %}


{% macro bigquery__ml_describe_data(data, num_quantiles, num_array_length_quantiles, top_k) -%}
ml.describe_data(
    {{ _ml_query(data) }},
    {{ _ml_settings({
        'num_quantiles': num_quantiles,
        'num_array_length_quantiles': num_array_length_quantiles,
        'top_k': top_k,
    }) }}
)
{%- endmacro %}


{#- Scalars in one pass over wide rows; arrays, if there are any, in another over their elements. -#}
{% macro duckdb__ml_describe_data(data, num_quantiles, num_array_length_quantiles, top_k) -%}
{%- set numbers = 'U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL[^\\[]*' -%}
{%- set is_number = "regexp_matches(typeof(columns(*)), '^(" ~ numbers ~ ")$')" -%}
{%- set is_array = "regexp_matches(typeof(columns(*)), '\\[\\d*\\]$')" -%}
{%- set has_numbers = "regexp_matches(typeof(columns(*)), '^(" ~ numbers ~ ")\\[\\d*\\]$')" -%}
{%- set struct = text_literal('ml_describe_data in ' ~ model.name ~ ': a column is a STRUCT; select its fields one by one.') -%}
{%- set number = 'case when ' ~ is_number ~ ' and isfinite(try_cast(columns(*) as double)) then try_cast(columns(*) as double) end' -%}
{%- set text = "case when typeof(columns(*)) like 'STRUCT(%)' then error(" ~ struct ~ ') when not ' ~ is_number ~ ' and not ' ~ is_array ~ ' then cast(columns(*) as varchar) end' -%}
(
    with described_rows as (
        select * from {{ _rows_of(data) }}
    ),

    scalars as (
        unpivot (
            select {
                'num_rows': count(*),
                'num_nulls': count(*) - count(columns(*)),
                'is_array': coalesce(bool_or({{ is_array }}), false),
                {{ _duckdb_ml_described('count(columns(*))', 'bool_or(' ~ is_number ~ ')', number, text, num_quantiles, top_k) | indent(16) }}
            }
            from described_rows
        )
        on columns(*) into name input value described
    ),

    arrays as (
        select input, is_number, elements, len(elements) as length
        from (
            unpivot (
                select case when {{ is_array }} then {'is_number': {{ has_numbers }}, 'elements': try_cast(columns(*) as varchar[])} end
                from described_rows
            )
            on columns(*) into name input value cell
        ), lateral (select cell.is_number as is_number, cell.elements as elements)
        where elements is not null
    ),

    lengths as (
        select
            input,
            min(length) as min_array_length,
            max(length) as max_array_length,
            avg(length) as avg_array_length,
            cast(sum(length) as bigint) as total_array_length,
            quantile_disc(length, {{ _duckdb_ml_fractions(num_array_length_quantiles) }}) as array_length_quantiles
        from arrays
        group by input
    ),

    elements as (
        select
            input,
            {
                {{ _duckdb_ml_described(
                    'count(element)',
                    'any_value(is_number)',
                    'case when is_number and isfinite(try_cast(element as double)) then try_cast(element as double) end',
                    'case when not is_number then element end',
                    num_quantiles,
                    top_k
                ) | indent(16) }}
            } as described
        from (select input, is_number, unnest(elements) as element from arrays)
        group by input
    )

    select
        scalars.input as name,
        scalars.described.num_rows as num_rows,
        scalars.described.num_nulls as num_nulls,
        {%- for column in [
            'num_zeros', 'min', 'max', 'mean', 'stddev', 'median', 'quantiles', 'unique', 'avg_string_length', 'num_values', 'top_values'
        ] %}
        case when scalars.described.is_array then {{ _duckdb_ml_of_elements(column) }} else scalars.described."{{ column }}" end as "{{ column }}",
        {%- endfor %}
        lengths.min_array_length,
        lengths.max_array_length,
        lengths.avg_array_length,
        lengths.total_array_length,
        lengths.array_length_quantiles,
        cast(null as bigint) as dimension
    from scalars
    left join lengths on scalars.input = lengths.input
    left join elements on scalars.input = elements.input
)
{%- endmacro %}


{#- A field of what is said of the elements of an array; an array that is always empty has 0 of them. -#}
{% macro _duckdb_ml_of_elements(column) -%}
    {%- set field = 'elements.described."' ~ column ~ '"' -%}
    {{ 'coalesce(' ~ field ~ ', 0)' if column == 'num_values' else field }}
{%- endmacro %}


{#- The fields of a struct that say what values are, given a number and a text of each, one of them NULL. -#}
{% macro _duckdb_ml_described(num_values, is_number, number, text, num_quantiles, top_k) -%}
{%- set values = 'map_entries(histogram(' ~ text ~ '))' -%}
'num_values': {{ num_values }},
'num_zeros': case when {{ is_number }} then count(case when {{ number }} = 0 then 1 end) end,
'min': case when {{ is_number }} then {{ _duckdb_ml_number_text('min(' ~ number ~ ')') }} else min({{ text }}) end,
'max': case when {{ is_number }} then {{ _duckdb_ml_number_text('max(' ~ number ~ ')') }} else max({{ text }}) end,
'mean': avg({{ number }}),
'stddev': stddev_pop({{ number }}),
'median': quantile_disc({{ number }}, 0.5),
'quantiles': quantile_disc({{ number }}, {{ _duckdb_ml_fractions(num_quantiles) }}),
'unique': case when not {{ is_number }} then len({{ values }}) end,
'avg_string_length': avg(length({{ text }})),
'top_values': case when not {{ is_number }} then list_transform(
    list_sort(list_transform({{ values }}, lambda entry: {'place': -cast(entry.value as bigint), 'value': entry.key}))[:{{ top_k }}],
    lambda entry: {'value': entry.value, 'count': -entry.place}
) end
{%- endmacro %}


{#- 0 to 1 in `count` steps. -#}
{% macro _duckdb_ml_fractions(count) -%}
    list_transform(range({{ count + 1 }}), lambda step: step / {{ count }})
{%- endmacro %}
