{#- Stops dbt with a sentence about an option of the model being built. -#}
{% macro _ml_option_refused(name, why, end='.') %}
    {{ exceptions.raise_compiler_error(model.name ~ ": option '" ~ name ~ "' " ~ why ~ end) }}
{% endmacro %}
