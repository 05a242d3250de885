{#- The thresholds as {metric: {'default': number, feature: number}}, checked. -#}
{% macro _drift_thresholds(given, features) %}
    {%- set limits = {
        'PSI': {'default': 0.25},
        'KS_DISTANCE': {'default': 0.2},
        'L_INFTY': {'default': 0.3},
        'NEW_CATEGORY_SHARE': {'default': 0.05},
        'NULL_RATE_DELTA': {'default': 0.1},
    } -%}
    {%- set metrics = "; metrics are " ~ limits | join(', ') ~ "." -%}
    {%- for name, value in given.items() -%}
        {%- for metric, number in (value if value is mapping else {name: value}).items() -%}
            {%- for is_wrong, problem in [
                (name not in limits and name not in features.all, "threshold '" ~ name ~ "' is no metric and no feature" ~ metrics),
                (metric not in limits, "'" ~ metric ~ "' of threshold '" ~ name ~ "' is no metric" ~ metrics),
                (number is boolean or number is not number or number < 0,
                    "threshold '" ~ name ~ "' must be a number of at least 0, got " ~ tojson(number) ~ "."),
            ] if is_wrong -%}
                {%- do _refuse('feature_drift', problem) -%}
            {%- endfor -%}
            {%- do limits[metric].update({(name if value is mapping else 'default'): number}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(limits) }}
{% endmacro %}
