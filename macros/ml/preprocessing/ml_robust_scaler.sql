{#-
  ML.ROBUST_SCALER: how many times the range between two quantiles of all rows, given in percent, a number is
  above the median. A quantile is a number of the rows, never a mean of two. Where the quantiles are equal
  nothing is divided.
-#}
{% macro ml_robust_scaler(numerical_expression, quantile_range=[25, 75], with_median=true, with_quantile_range=true) %}
    {%- set percents = _ml_setting(quantile_range, [25, 75]) -%}
    {%- if not (_ml_is_ascending(percents) and percents | length == 2 and 0 < percents[0] and percents[1] < 100) -%}
        {{ _ml_refuse('ml_robust_scaler', 'quantile_range', quantile_range, 'give two ascending numbers between 0 and 100') }}
    {%- endif -%}
    {%- set with_median = _ml_flag('ml_robust_scaler', 'with_median', with_median, true) -%}
    {%- set with_range = _ml_flag('ml_robust_scaler', 'with_quantile_range', with_quantile_range, true) -%}
    {{- return(adapter.dispatch('ml_robust_scaler', 'azekura')(
        numerical_expression, percents, with_median, with_range
    )) -}}
{% endmacro %}

{% macro default__ml_robust_scaler(numerical_expression, percents, with_median, with_range) %}
    {{- _no_such_side('ml_robust_scaler') -}}
{% endmacro %}

{% macro bigquery__ml_robust_scaler(numerical_expression, percents, with_median, with_range) -%}
    ml.robust_scaler({{ numerical_expression }}, {{ percents }}, {{ with_median | lower }}, {{ with_range | lower }}) over ()
{%- endmacro %}

{% macro duckdb__ml_robust_scaler(numerical_expression, percents, with_median, with_range) -%}
    (
        {%- if with_median %}
        (cast({{ numerical_expression }} as double) - quantile_disc({{ numerical_expression }}, 0.5) over ())
        {%- else %}
        cast({{ numerical_expression }} as double)
        {%- endif %}
        {%- if with_range %}
        / coalesce(
            nullif(
                quantile_disc({{ numerical_expression }}, {{ percents[1] / 100 }}) over ()
                - quantile_disc({{ numerical_expression }}, {{ percents[0] / 100 }}) over (),
                0
            ),
            1
        )
        {%- endif %}
    )
{%- endmacro %}
