{#-
  The settings that ML.VALIDATE_DATA_DRIFT and ML.VALIDATE_DATA_SKEW share, checked: what is given but none, with
  the words in upper case and `thresholds` as {column: number}. `buckets` are the numbers of buckets given.
-#}
{% macro _ml_divergence_settings(macro_name, given, buckets={}) %}
    {%- set settings = _ml_given(given) -%}
    {%- for name, words in {
        'numerical_metric_type': ['JENSEN_SHANNON_DIVERGENCE'],
        'categorical_metric_type': ['L_INFTY', 'JENSEN_SHANNON_DIVERGENCE'],
    }.items() if name in settings -%}
        {%- if settings[name] is not string or settings[name] | upper not in words -%}
            {%- do _ml_setting_refused(macro_name, name, settings[name], 'must be ' ~ words | join(' or ')) -%}
        {%- endif -%}
        {%- do settings.update({name: settings[name] | upper}) -%}
    {%- endfor -%}
    {%- for name in ['numerical_default_threshold', 'categorical_default_threshold'] if name in settings -%}
        {%- do _ml_require_threshold(macro_name, name, settings[name]) -%}
    {%- endfor -%}
    {%- if 'thresholds' in settings -%}
        {%- set thresholds = {} -%}
        {%- set pairs = settings.thresholds.items() if settings.thresholds is mapping else settings.thresholds -%}
        {%- for pair in (pairs if pairs is sequence and pairs is not string or settings.thresholds is mapping else [pairs]) -%}
            {%- if pair is string or pair is not sequence or pair | length != 2 or pair[0] is not string -%}
                {%- do _ml_setting_refused(
                    macro_name, 'thresholds', pair, 'must map columns to numbers'
                ) -%}
            {%- endif -%}
            {%- do _ml_require_threshold(macro_name, 'thresholds', pair[1], ' of ' ~ pair[0]) -%}
            {%- do thresholds.update({pair[0]: pair[1]}) -%}
        {%- endfor -%}
        {%- do settings.update({'thresholds': thresholds}) -%}
    {%- endif -%}
    {%- for name, number in buckets.items() -%}
        {%- set most = 10000 if name == 'num_rank_histogram_buckets' else 1000 -%}
        {%- do _ml_require_count(macro_name, name, number, most) -%}
        {%- do settings.update({name: number}) -%}
    {%- endfor -%}
    {{ return(settings) }}
{% endmacro %}


{% macro _ml_require_threshold(macro_name, name, number, of='') %}
    {%- if number is boolean or number is not number or not 0 <= number < 1 -%}
        {%- do _ml_setting_refused(macro_name, name, number, 'must be a number from 0 to below 1', of) -%}
    {%- endif -%}
{% endmacro %}


{#- A whole number from 1 to `most`. -#}
{% macro _ml_require_count(macro_name, name, number, most) %}
    {%- if number is boolean or number is not integer or not 1 <= number <= most -%}
        {%- do _ml_setting_refused(macro_name, name, number, 'must be a whole number from 1 to ' ~ most) -%}
    {%- endif -%}
{% endmacro %}


{% macro _ml_setting_refused(macro_name, name, value, rule, of='') %}
    {%- do _refuse(macro_name, "'" ~ name ~ "'" ~ of ~ " " ~ rule ~ ", got " ~ tojson(value) ~ ".") -%}
{% endmacro %}


{#- The same settings as BigQuery's STRUCT; numbers of buckets that are its defaults are left out. -#}
{% macro _bigquery_divergence_settings(settings) -%}
    {%- set defaults = {
        'num_histogram_buckets': 10,
        'num_quantiles_histogram_buckets': 10,
        'num_values_histogram_buckets': 10,
        'num_rank_histogram_buckets': 50,
    } -%}
    {%- set fields = [] -%}
    {%- for name, value in settings.items() if value != defaults.get(name) -%}
        {%- if name == 'thresholds' -%}
            {%- set pairs = [] -%}
            {%- for column, number in value.items() -%}
                {%- do pairs.append('(' ~ text_literal(column) ~ ', ' ~ number ~ ')') -%}
            {%- endfor -%}
            {%- set text = 'array<struct<string, float64>>[' ~ pairs | join(', ') ~ ']' -%}
        {%- else -%}
            {%- set text = text_literal(value) if value is string else value -%}
        {%- endif -%}
        {%- do fields.append(text ~ ' as ' ~ name) -%}
    {%- endfor -%}
    struct({{ fields | join(', ') }})
{%- endmacro %}
