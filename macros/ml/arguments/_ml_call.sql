{#-
  A BigQuery ML function as a table: `ml.<function>(model m, argument, ...)`. Arguments that are none or
  empty are left out.
-#}
{% macro _ml_call(function, model, arguments=[]) -%}
ml.{{ function }}(
    model {{ model }}
    {%- for argument in arguments if argument is not none and argument | string | trim %},
    {{ argument }}
    {%- endfor %}
)
{%- endmacro %}


{#- Settings of such a function, as `struct(value as name, ...)`; those that are none are left out. -#}
{% macro _ml_settings(settings) -%}
    {%- set given = [] -%}
    {%- for name, value in settings.items() if value is not none -%}
        {%- do given.append((value | lower if value is boolean else value | string) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{- 'struct(' ~ given | join(', ') ~ ')' if given -}}
{%- endmacro %}


{#- The settings given, those that are none left out: an argument of the engine's functions. -#}
{% macro _ml_given(settings) %}
    {%- set given = {} -%}
    {%- for name, value in settings.items() if value is not none -%} {%- do given.update({name: value}) -%} {%- endfor -%}
    {{ return(given) }}
{% endmacro %}
