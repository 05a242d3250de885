{#- The one setting for where the lake lies: the var lake_root, else AZEKURA_LAKE, else ./lake. -#}
{% macro lake_root() -%}
    {{- var('lake_root', env_var('AZEKURA_LAKE', 'lake')).rstrip('/') -}}
{%- endmacro %}
