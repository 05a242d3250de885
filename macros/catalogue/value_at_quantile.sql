{#-
  The value below which a share of the others lies, NULLs aside, as an aggregate: one of the values, never
  one between two. `percent` is a whole number from 0 to 100. BigQuery's is approximate on many rows.
-#}
{% macro value_at_quantile(value, percent) %}
    {{- return(adapter.dispatch('value_at_quantile', 'azekura')(value, percent)) -}}
{% endmacro %}

{% macro default__value_at_quantile(value, percent) %}
    {{- _no_such_side('value_at_quantile') -}}
{% endmacro %}

{% macro bigquery__value_at_quantile(value, percent) -%}
    approx_quantiles({{ value }}, 100)[safe_offset({{ percent }})]
{%- endmacro %}

{% macro duckdb__value_at_quantile(value, percent) -%}
    quantile_disc({{ value }}, {{ percent / 100 }})
{%- endmacro %}
