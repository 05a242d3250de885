{#- The settings of a forecast on BigQuery, which takes data behind settings only. -#}
{% macro _ml_series_settings(horizon, confidence_level, data) -%}
    {%- set needed = 3 if data is not none and horizon is none and confidence_level is none else horizon -%}
    {{- _ml_settings({'horizon': needed, 'confidence_level': confidence_level}) -}}
{%- endmacro %}
