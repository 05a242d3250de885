{#- Whether features add to the forecasts of a model, so that they need data. -#}
{% macro _ml_has_features(trained) %}
    {{ return(ml_model_type_table()[trained.model_type].features != 'none') }}
{% endmacro %}


{#- Refuses data for a forecast that takes none, and a forecast without the data that it needs. -#}
{% macro _ml_check_features(macro_name, trained, data) %}
    {%- if _ml_has_features(trained) and data is none -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "the model has features; give data with those of the points to forecast."
        ) -%}
    {%- elif data is not none and not _ml_has_features(trained) -%}
        {%- do _ml_model_refused(macro_name, trained.name, "the model has no features; leave data out.") -%}
    {%- endif -%}
{% endmacro %}
