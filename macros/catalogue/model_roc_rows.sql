{#-
  One row per trained classifier of a BOOL and threshold: model_name and ml_roc_curve's threshold, recall and
  false_positive_rate, on the split that the model kept. Before a model is trained nobody knows how many
  classes a label of another type has.
-#}
{% macro model_roc_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.kind == 'classification' and one.label_type == 'BOOL' -%}
        {%- set sql %}
    select {{ text_literal(one.name) }} as model_name, threshold, recall, false_positive_rate
    from {{ ml_roc_curve(one.relation) }} as curve
        {%- endset -%}
        {%- do selects.append(sql) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'threshold': 'float64', 'recall': 'float64', 'false_positive_rate': 'float64',
    })) }}
{% endmacro %}
