{#- The FarmHash fingerprint of a text's UTF-8 bytes as a signed 64-bit integer, the same on both engines. -#}
{% macro farm_fingerprint(text) %}
    {{- return(adapter.dispatch('farm_fingerprint', 'azekura')(text)) -}}
{% endmacro %}

{% macro default__farm_fingerprint(text) %}
    {{- _no_such_side('farm_fingerprint') -}}
{% endmacro %}

{% macro bigquery__farm_fingerprint(text) -%}
    farm_fingerprint({{ text }})
{%- endmacro %}

{% macro duckdb__farm_fingerprint(text) -%}
    bqml_farm_fingerprint({{ text }})
{%- endmacro %}
