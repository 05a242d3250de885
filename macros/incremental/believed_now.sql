{#-
  What a snapshot holds to be true today, in the columns of the relation it was taken of. Where the
  snapshot was never taken (a first `dbt run`, which takes none) it is the relation itself.
-#}
{% macro believed_now(snapshot, relation) %}
    {%- if execute and flags.WHICH == 'run' and load_relation(snapshot) is none -%}
        {{ return(relation) }}
    {%- endif -%}
    {{ return("(select * from " ~ snapshot ~ " where dbt_valid_to = cast('9999-12-31' as timestamp))") }}
{% endmacro %}
