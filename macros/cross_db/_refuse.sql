{#- Stops dbt with a sentence that says which macro, and in which model, cannot do what it was asked. -#}
{% macro _refuse(macro_name, problem) %}
    {{ exceptions.raise_compiler_error(macro_name ~ " in " ~ model.name ~ ": " ~ problem) }}
{% endmacro %}
