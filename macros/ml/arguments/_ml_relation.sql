{#- A trained model by its name, also with --empty, which makes of ref() a query without rows. -#}
{% macro _ml_relation(model) %}
    {{ return(model if model is string else model.render()) }}
{% endmacro %}
