{#- Refuses a threshold that cannot mean anything. -#}
{% macro _ml_threshold(macro_name, trained, threshold) %}
    {%- if threshold is not none and trained.label_kind != 'class' -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "threshold is for binary classifiers, and the model is "
            ~ trained.model_type ~ "; leave it out."
        ) -%}
    {%- elif threshold is not none and (threshold is boolean or threshold is not number or not 0 <= threshold <= 1) -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "threshold must be a number between 0 and 1, got "
            ~ tojson(threshold) ~ "."
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro _ml_threshold_needs_data(macro_name, model, data, threshold) %}
    {%- if threshold is not none and data is none -%}
        {%- do _ml_model_refused(macro_name, model, "threshold needs data; give the rows to evaluate on.") -%}
    {%- endif -%}
{% endmacro %}


{#-
  Refuses a model that knows more than two classes; `subject` is what needs two. On an empty warehouse nobody
  knows how many there will be.
-#}
{% macro _duckdb_ml_require_binary(macro_name, trained, subject, advice) %}
    {%- set classes = _duckdb_ml_trained(trained, 'len(label_classes)') -%}
    {%- if classes is not none and classes[0] != 2 -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, subject ~ " needs a binary classifier, and the model knows "
            ~ classes[0] ~ " classes; " ~ advice ~ "."
        ) -%}
    {%- endif -%}
{% endmacro %}
