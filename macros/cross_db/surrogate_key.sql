{#-
  A key made of several columns: the MD5 of their text, each preceded by its length, so that
  ('1', '11') and ('11', '1') differ; NULL counts as its own value. Give integers, strings and dates
  only: their text is the same on both engines (a timestamp's is not, use unix_second).
-#}
{% macro surrogate_key(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%} {%- do parts.append(_surrogate_key_part(column, dbt.type_string())) -%} {%- endfor -%}
    {{ dbt.hash(parts | join(' || ')) }}
{%- endmacro %}


{% macro _surrogate_key_part(column, string) -%}
coalesce(cast(length(cast({{ column }} as {{ string }})) as {{ string }}) || ':' || cast({{ column }} as {{ string }}), '~')
{%- endmacro %}
