{#-
  One row per trained classifier, actual and predicted class: model_name, expected_label, predicted_label,
  rows_count, on the split that the model kept.
-#}
{% macro model_confusion_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.kind == 'classification' -%}
        {%- do selects.append(
            '\n    select ' ~ text_literal(one.name) ~ ' as model_name, expected_label, predicted_label, rows_count\n    from '
            ~ _confusion_cells(one.relation) ~ ' as cells'
        ) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'expected_label': 'string', 'predicted_label': 'string', 'rows_count': 'int64',
    })) }}
{% endmacro %}
