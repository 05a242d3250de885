{#-
  One row per trained regression and cell of its residual plot that holds rows: model_name, predicted_low,
  predicted_high, residual_low, residual_high, rows_count. Its predictions are cut into `cells` stretches of
  equal width, and so is what happened less what was predicted, within four standard deviations of its mean;
  the outermost hold what lies beyond. Only predictions whose label is known count.
-#}
{% macro model_residual_rows(cells=32) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.kind == 'regression' and one.predictions
        and one.label in one.predictions['columns'] and 'predicted_' ~ one.label in one.predictions['columns'] -%}
        {%- do selects.append(_residual_cells(one, cells)) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'predicted_low': 'float64', 'predicted_high': 'float64', 'residual_low': 'float64',
        'residual_high': 'float64', 'rows_count': 'int64',
    })) }}
{% endmacro %}


{% macro _residual_cells(one, cells) %}
    select
        {{ text_literal(one.name) }} as model_name,
        predicted_from + predicted_cell * predicted_width as predicted_low,
        predicted_from + (predicted_cell + 1) * predicted_width as predicted_high,
        residual_from + residual_cell * residual_width as residual_low,
        residual_from + (residual_cell + 1) * residual_width as residual_high,
        count(*) as rows_count
    from (
        select
            ranges.*,
            {{ _cell('given.predicted', 'ranges.predicted_from', 'ranges.predicted_width', cells) }} as predicted_cell,
            {{ _cell('given.residual', 'ranges.residual_from', 'ranges.residual_width', cells) }} as residual_cell
        from ({{ _residuals(one) }}) as given
        cross join (
            select
                min(predicted) as predicted_from,
                (max(predicted) - min(predicted)) / {{ cells }} as predicted_width,
                avg(residual) - 4 * stddev_pop(residual) as residual_from,
                8 * stddev_pop(residual) / {{ cells }} as residual_width
            from ({{ _residuals(one) }}) as measured
        ) as ranges
    ) as numbered
    group by predicted_from, predicted_width, residual_from, residual_width, predicted_cell, residual_cell
{%- endmacro %}


{% macro _residuals(one) -%}
    {%- set label = adapter.quote(one.label) -%}
    {%- set predicted = adapter.quote('predicted_' ~ one.label) -%}
    select {{ predicted }} as predicted, {{ label }} - {{ predicted }} as residual
    from {{ one.predictions.relation }}
    where {{ label }} is not null and {{ predicted }} is not null
{%- endmacro %}


{#- The number of the stretch that a value lies in, 0 where all of them are one value. -#}
{% macro _cell(value, start, width, cells) -%}
    coalesce(
        greatest(least(cast(floor(({{ value }} - {{ start }}) / nullif({{ width }}, 0)) as {{ dbt.type_bigint() }}), {{ cells - 1 }}), 0),
        0
    )
{%- endmacro %}
