{#- Stops dbt with a sentence that says which function cannot do what it was asked of a trained model, given by its name. -#}
{% macro _ml_model_refused(macro_name, name, problem) %}
    {{ exceptions.raise_compiler_error(macro_name ~ " of " ~ name ~ ": " ~ problem) }}
{% endmacro %}
