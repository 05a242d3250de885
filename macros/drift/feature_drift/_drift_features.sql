{#- The features as {numbers: [name], bounds: {name: [number]}, categories: [name], all: [name]}, checked. -#}
{% macro _drift_features(numbers, categories, model) %}
    {%- set bounds = numbers if numbers is mapping else {} -%}
    {%- set names = numbers | list -%}
    {%- set all = names + categories -%}
    {%- if not all -%} {%- do _refuse('feature_drift', "no feature is named; give numbers, categories, or both.") -%} {%- endif -%}
    {%- for name in all if all.count(name) > 1 -%}
        {%- do _refuse('feature_drift', "feature '" ~ name ~ "' is named twice; name it once.") -%}
    {%- endfor -%}
    {%- for name, points in bounds.items()
        if points is string or points is not iterable or not points or points != points | unique | sort -%}
        {%- do _refuse('feature_drift', "the bounds of '" ~ name ~ "' must be numbers that ascend, got " ~ tojson(points) ~ ".") -%}
    {%- endfor -%}
    {%- if model is not none and bounds -%}
        {%- do _refuse('feature_drift', "a trained model has kept its own percentiles; give numbers as a list of names.") -%}
    {%- endif -%}
    {{ return({'numbers': names, 'bounds': bounds, 'categories': categories, 'all': all}) }}
{% endmacro %}
