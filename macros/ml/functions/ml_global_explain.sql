{#-
  ML.GLOBAL_EXPLAIN of a regression or classifier trained with enable_global_explain as a table, one row
  per feature:

    feature STRING, attribution FLOAT64: the mean of its absolute attributions over the evaluation rows

  With class_level_explain=true, for classifiers, one row per class and each of its ten leading features,
  and class_label in front.
-#}
{% macro ml_global_explain(model, class_level_explain=false) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_global_explain') -%}
    {%- if not trained.options.get('enable_global_explain') -%}
        {%- do _ml_model_refused(
            'ml_global_explain', trained.name, "the model was not explained when it was created; set"
            ~ " 'enable_global_explain': true in its meta.ml."
        ) -%}
    {%- endif -%}
    {%- if class_level_explain and trained.label_kind != 'class' -%}
        {%- do _ml_model_refused(
            'ml_global_explain', trained.name, "class_level_explain is for classifiers, and the model is "
            ~ trained.model_type ~ "; leave it out."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_global_explain', 'azekura')(_ml_relation(model), class_level_explain)) -}}
{% endmacro %}

{% macro default__ml_global_explain(model, class_level_explain) %}
    {{- _no_such_side('ml_global_explain') -}}
{% endmacro %}


{% macro bigquery__ml_global_explain(model, class_level_explain) -%}
{{ _ml_call('global_explain', model, [_ml_settings({'class_level_explain': class_level_explain or none})]) }}
{%- endmacro %}


{% macro duckdb__ml_global_explain(model, class_level_explain) -%}
{%- set columns = _ml_columns(_ml_model_config(model, 'ml_global_explain'), 'ml_global_explain') -%}
(
    select
        {%- if class_level_explain %}
        class_label,
        {%- endif %}
        feature,
        attribution
    from {{ _duckdb_ml_answer(model, 'ml_global_explain', columns=[('class_label', 'STRING', 'VARCHAR')] + columns) }}
    where class_label is {{ 'not ' if class_level_explain }}null
    {%- if class_level_explain %}
    qualify row_number() over (partition by class_label order by attribution desc, feature) <= 10
    {%- endif %}
)
{%- endmacro %}
