{#- Names as a mapping; a list of them maps each to itself. -#}
{% macro _name_pairs(names) %}
    {{ return(names if names is mapping else dict(zip(names, names))) }}
{% endmacro %}
