{#-
  The columns of a function for a trained model, as in the table of functions, with those of its series in the place
  of what stands for them: {series_keys}, {timestamp}, {data}, {holiday_effects}, {attributions}. The types of the keys are those that training found.
-#}
{% macro _duckdb_ml_columns(trained, macro_name, settings={}) %}
    {%- set columns = [] -%}
    {%- for name, type, in_json in _ml_columns(trained, macro_name, settings) -%}
        {%- if name == '{series_keys}' -%}
            {%- do columns.extend(_duckdb_ml_series_keys(trained)) -%}
        {%- elif name == '{holiday_effects}' -%}
            {%- for holiday in _duckdb_ml_detail(trained, 'holidays') -%}
                {%- do columns.append(('holiday_effect_' ~ holiday, 'FLOAT64', 'DOUBLE')) -%}
            {%- endfor -%}
        {%- elif name == '{attributions}' -%}
            {%- for feature in _duckdb_ml_detail(trained, 'features') -%}
                {%- do columns.append(('attribution_' ~ feature, 'FLOAT64', 'DOUBLE')) -%}
            {%- endfor -%}
        {%- else -%}
            {%- set named = name.replace('{timestamp}', _ml_series_column(trained, 'timestamp column')).replace(
                '{data}', _ml_series_column(trained, 'data column')) if '{' in name and trained.kind == 'time_series' else name -%}
            {%- do columns.append((named, type, in_json)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{#- The columns that tell the series of a trained model apart, each with BigQuery's type and DuckDB's. -#}
{% macro _duckdb_ml_series_keys(trained) %}
    {%- set names = _ml_series_columns(trained, 'series id column') -%}
    {%- if not names -%} {{ return([]) }} {%- endif -%}
    {%- set types = {} -%}
    {%- for key in _duckdb_ml_detail(trained, 'series_keys') -%} {%- do types.update({key.name | lower: key.data_type}) -%} {%- endfor -%}
    {%- set keys = [] -%}
    {%- for name in names -%}
        {%- set type = types.get(name | lower, 'STRING') -%}
        {%- do keys.append((name, type, {'INT64': 'BIGINT'}.get(type, 'VARCHAR'))) -%}
    {%- endfor -%}
    {{ return(keys) }}
{% endmacro %}
