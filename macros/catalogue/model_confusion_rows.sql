{#-
  One row per trained classifier, actual and predicted class: model_name, expected_label, predicted_label,
  rows_count, on the split that the model kept.
-#}
{% macro model_confusion_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.kind == 'classification' -%}
        {%- set sql %}
    select {{ text_literal(one.name) }} as model_name, expected_label, predicted_label, rows_count
    from {{ _confusion_cells(one.relation) }} as cells
        {%- endset -%}
        {%- do selects.append(sql) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'expected_label': 'string', 'predicted_label': 'string', 'rows_count': 'int64',
    })) }}
{% endmacro %}


{#- A classifier's confusion matrix on the split it kept, one row per cell: expected_label, predicted_label, rows_count. -#}
{% macro _confusion_cells(relation) %}
    {{- return(adapter.dispatch('_confusion_cells', 'azekura')(relation)) -}}
{% endmacro %}

{% macro bigquery___confusion_cells(relation) -%}
    {#- its columns are named after the classes, which only the trained model knows -#}
    (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from {{ _ml_call('confusion_matrix', relation) }} as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    )
{%- endmacro %}

{% macro duckdb___confusion_cells(relation) -%}
    (
        select
            cast(label_classes[expected.number] as varchar) as expected_label,
            cast(label_classes[predicted.number] as varchar) as predicted_label,
            trained.counts[expected.number][predicted.number] as rows_count
        from (
            select label_classes, {{ _duckdb_ml_answered(relation, 'ml_confusion_matrix', [['BIGINT']]) }} as counts
            from {{ relation }}
        ) as trained
        cross join lateral unnest(range(1, len(label_classes) + 1)) as expected (number)
        cross join lateral unnest(range(1, len(label_classes) + 1)) as predicted (number)
    )
{%- endmacro %}
