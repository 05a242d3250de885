{#-
  Drops all candidates: before a retraining, so that what is judged is what this one has trained and nothing
  older.

  With the var `ml_candidate`, what lies in ml/models is built beside the live tables, in schemas of the same name
  and `_candidate` (generate_schema_name). Nothing reads these candidates but the models that judge them and
  promote_models.
-#}
{% macro discard_candidates() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- do _ml_only_candidates('discard_candidates') -%}
    {%- set schemas = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and _ml_is_retrained(node) and node.schema not in schemas -%}
        {%- do schemas.append(node.schema) -%}
        {%- do adapter.drop_schema(_ml_relation_of(node).without_identifier()) -%}
    {%- endfor -%}
{% endmacro %}


{% macro _ml_only_candidates(macro_name) %}
    {%- if not var('ml_candidate', false) -%}
        {{ exceptions.raise_compiler_error(macro_name ~ " is about candidates: run it with --vars 'ml_candidate: true'.") }}
    {%- endif -%}
{% endmacro %}
