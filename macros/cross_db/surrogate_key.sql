{#-
  A key made of several columns: the MD5 of their text, each preceded by its length, so that
  ('1', '11') and ('11', '1') differ; NULL counts as its own value. Give integers, strings and dates
  only: their text is the same on both engines (a timestamp's is not, use unix_second).
-#}
{% macro surrogate_key(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
        {%- do parts.append(
            "coalesce(cast(length(" ~ text ~ ") as " ~ dbt.type_string() ~ ") || ':' || " ~ text ~ ", '~')"
        ) -%}
    {%- endfor -%}
    {{ dbt.hash(parts | join(' || ')) }}
{%- endmacro %}
