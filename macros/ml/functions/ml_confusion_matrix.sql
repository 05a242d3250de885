{#-
  ML.CONFUSION_MATRIX of a classifier as a table, one row per actual label:

    expected_label, in the label's own type, then one INT64 column per trained class, ascending: how many
    rows were predicted to be of it

  A column is named after its class, as far as BigQuery takes that for a name: a sign that is no letter, digit,
  white space or one of _ & % = + : ' < > # | - becomes _, and a class that begins with a digit gets a _ in
  front. The rows are in the order of the labels. Without `data` it is the evaluation split that
  the model kept at training. `data` is a relation, the name of a CTE, or a query, and holds the label;
  rows without one are left out. `threshold` is for binary classifiers and needs data.
-#}
{% macro ml_confusion_matrix(model, data=none, threshold=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_confusion_matrix') -%}
    {%- do _ml_threshold('ml_confusion_matrix', trained, threshold) -%}
    {%- do _ml_threshold_needs_data('ml_confusion_matrix', model, data, threshold) -%}
    {{- return(adapter.dispatch('ml_confusion_matrix', 'azekura')(_ml_relation(model), data, threshold)) -}}
{% endmacro %}

{% macro default__ml_confusion_matrix(model, data, threshold) %}
    {{- _no_such_side('ml_confusion_matrix') -}}
{% endmacro %}


{% macro bigquery__ml_confusion_matrix(model, data, threshold) -%}
{{ _ml_call('confusion_matrix', model, [
    _ml_query(data) if data is not none, _ml_settings({'threshold': threshold})
]) }}
{%- endmacro %}


{% macro duckdb__ml_confusion_matrix(model, data, threshold) -%}
{%- set trained = _ml_model_config(model, 'ml_confusion_matrix') -%}
{%- if threshold is not none -%}
    {%- do _duckdb_ml_require_binary('ml_confusion_matrix', trained, 'threshold', 'leave it out') -%}
{%- endif -%}
{%- set classes = _duckdb_ml_class_columns(trained) -%}
{%- set label = adapter.quote(trained.label) -%}
(
    {%- if data is none %}
    select
        label_classes[number] as expected_label,
        {%- for name in classes %}
        counts[number][{{ loop.index }}] as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select label_classes, {{ _duckdb_ml_answered(model, 'ml_confusion_matrix', [['BIGINT']]) }} as counts
        from {{ model }}
    ), range(1, {{ classes | length + 1 }}) as class(number)
    where list_sum(counts[number]) > 0
    order by number
    {%- else %}
    select
        predicted.{{ label }} as expected_label,
        {%- for name in classes %}
        count(case when predicted.{{ adapter.quote('predicted_' ~ trained.label) }} = trained.label_classes[{{ loop.index }}] then 1 end) as {{ adapter.quote(name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ duckdb__ml_predict(model, data, threshold) }} as predicted
    cross join {{ model }} as trained
    where predicted.{{ label }} is not null
    group by predicted.{{ label }}
    order by predicted.{{ label }}
    {%- endif %}
)
{%- endmacro %}


{#-
  Names for columns that stand for the classes of a trained classifier, in their order. Columns have to be
  named when a query is compiled, so this asks the model table; on an empty warehouse there are two.
-#}
{% macro _duckdb_ml_class_columns(trained) %}
    {%- set row = _duckdb_ml_trained(trained, 'to_json(label_classes::varchar[])::varchar') -%}
    {%- set names = [] -%}
    {%- for label in (['0', '1'] if row is none else fromjson(row[0])) -%}
        {%- set name = modules.re.sub("[^\\w\\s&%=+:'<>#|-]", '_', label) -%}
        {%- set name = modules.re.sub('^(?=[0-9]|$)', '_', name) -%}
        {%- set unique = namespace(name=name) -%}
        {%- for number in range(1, names | length + 2)
            if unique.name | lower in ['expected_label'] + names | map('lower') | list -%}
            {%- set unique.name = name ~ '_' ~ number -%}
        {%- endfor -%}
        {%- do names.append(unique.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
