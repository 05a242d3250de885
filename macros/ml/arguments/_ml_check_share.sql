{#- Refuses a setting of that name that is not from 0 to less than 1. -#}
{% macro _ml_check_share(macro_name, trained, name, value) %}
    {%- if value is not none and (value is boolean or value is not number or not 0 <= value < 1) -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, name ~ " must be a number from 0 to less than 1, got " ~ tojson(value) ~ "."
        ) -%}
    {%- endif -%}
{% endmacro %}
