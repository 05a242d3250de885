{#-
  One row per trained model and metric of its evaluation: model_name, metric, value, and the floor and the
  ceiling that a metric_within test of the project holds it to, NULL where it holds it to none.
-#}
{% macro model_metric_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set evaluations = {} -%}
    {%- for one in _trained_models() if one.evaluation -%}
        {%- do evaluations.update({one.evaluation.unique_id: one.evaluation}) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for id, evaluation in evaluations.items() -%}
        {%- set bounds = {} -%}
        {%- for bound in _ml_metric_bounds(id) -%} {%- do bounds.update({bound.column: bound}) -%} {%- endfor -%}
        {%- for column in evaluation['columns'].values() if (column.data_type or '') | upper in ['FLOAT64', 'INT64'] -%}
            {%- set promised = bounds.get(column.name, {}) -%}
            {%- set sql %}
    select
        model_name,
        {{ text_literal(column.name) }} as metric,
        cast({{ adapter.quote(column.name) }} as {{ dbt.type_float() }}) as value,
        cast({{ _literal(promised.get('floor'), 'float64') }} as {{ dbt.type_float() }}) as floor,
        cast({{ _literal(promised.get('ceiling'), 'float64') }} as {{ dbt.type_float() }}) as ceiling
    from {{ evaluation.relation }}
            {%- endset -%}
            {%- do selects.append(sql) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'metric': 'string', 'value': 'float64', 'floor': 'float64', 'ceiling': 'float64',
    })) }}
{% endmacro %}
