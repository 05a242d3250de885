{#- The columns of a role that the options of a trained model name. -#}
{% macro _ml_series_columns(trained, role) %}
    {%- set named = [] -%}
    {%- for option, its_role in ml_model_type_table()[trained.model_type].roles.items() if its_role == role -%}
        {%- set given = trained.options.get(option) or [] -%}
        {%- do named.extend([given] if given is string else given) -%}
    {%- endfor -%}
    {{ return(named) }}
{% endmacro %}


{#- The one of them. -#}
{% macro _ml_series_column(trained, role) %}
    {{ return(_ml_series_columns(trained, role)[0]) }}
{% endmacro %}
