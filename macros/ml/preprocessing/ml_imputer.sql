{#-
  ML.IMPUTER: a column with its NULLs filled by the mean, the median (a number of the rows, never a mean of two)
  or the most frequent value of all rows; of equally frequent values the first in order.
-#}
{% macro ml_imputer(expression, strategy) %}
    {%- set strategy = _ml_word('ml_imputer', 'strategy', strategy, ['mean', 'median', 'most_frequent']) -%}
    {{- return(adapter.dispatch('ml_imputer', 'azekura')(expression, strategy)) -}}
{% endmacro %}

{% macro default__ml_imputer(expression, strategy) %}
    {{- _no_such_side('ml_imputer') -}}
{% endmacro %}

{% macro bigquery__ml_imputer(expression, strategy) -%}
    ml.imputer({{ expression }}, '{{ strategy }}') over ()
{%- endmacro %}

{% macro duckdb__ml_imputer(expression, strategy) -%}
    {%- if strategy == 'mean' -%}
        coalesce(cast({{ expression }} as double), avg({{ expression }}) over ())
    {%- elif strategy == 'median' -%}
        coalesce(cast({{ expression }} as double), cast(quantile_disc({{ expression }}, 0.5) over () as double))
    {%- else -%}
        coalesce({{ expression }}, {{ _duckdb_ml_most_frequent(expression) }})
    {%- endif -%}
{%- endmacro %}
