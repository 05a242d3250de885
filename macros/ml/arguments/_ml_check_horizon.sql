{#- Refuses a horizon that is no number of points, or more than the model was trained with. -#}
{% macro _ml_check_horizon(macro_name, trained, horizon) %}
    {%- if horizon is none -%} {{ return('') }} {%- endif -%}
    {%- set most = trained.options.get('horizon', ml_option_table()[trained.model_type].horizon.default) -%}
    {%- if horizon is not integer or horizon is boolean or not 1 <= horizon <= most -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "horizon must be a whole number from 1 to " ~ most ~ ", the option horizon of"
            ~ " the model, got " ~ tojson(horizon) ~ "."
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- The settings of a forecast that reaches as far as the model can. -#}
{% macro _ml_farthest(trained, horizon=none, confidence_level=none) %}
    {{ return({
        'horizon': horizon or trained.options.get('horizon', ml_option_table()[trained.model_type].horizon.default),
        'confidence_level': confidence_level,
    }) }}
{% endmacro %}
