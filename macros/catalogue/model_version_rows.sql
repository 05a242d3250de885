{#-
  One row per trained model and training that was written down: model_name, run_id, trained_at, model_version,
  rows_count, checksum, definition_hash, feature_service.
-#}
{% macro model_version_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set columns = {
        'model_name': 'string', 'run_id': 'string', 'trained_at': 'timestamp', 'model_version': 'string',
        'rows_count': 'int64', 'checksum': 'string', 'definition_hash': 'string', 'feature_service': 'string',
    } -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() if one.runs -%}
        {%- set sql %}
    select
        {{ text_literal(one.name) }} as model_name,
        {{ (columns | list)[1:] | join(', ') }}
    from {{ one.runs }}
        {%- endset -%}
        {%- do selects.append(sql) -%}
    {%- endfor -%}
    {{ return(_union_of(selects, columns)) }}
{% endmacro %}
