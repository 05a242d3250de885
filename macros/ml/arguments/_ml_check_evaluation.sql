{#- Refuses settings of ml_evaluate that are not for models of this kind, and data that are missing. -#}
{% macro _ml_check_evaluation(macro_name, trained, data, settings) %}
    {%- set for_series = ['perform_aggregation', 'horizon', 'confidence_level'] -%}
    {%- set is_series = trained.kind == 'time_series' -%}
    {%- if is_series and data is none -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, "a model of time series is evaluated on data; give rows that follow those it was"
            ~ " trained on, or use ml_arima_evaluate."
        ) -%}
    {%- endif -%}
    {%- for name in settings if settings[name] is not none and (name in for_series) != is_series -%}
        {%- do _ml_model_refused(
            macro_name, trained.name, name ~ " is "
            ~ ("for models of time series" if name in for_series else "for binary classifiers")
            ~ ", and the model is " ~ trained.model_type ~ "; leave it out."
        ) if is_series or name in for_series -%}
    {%- endfor -%}
    {%- if is_series -%}
        {%- do _ml_check_horizon(macro_name, trained, settings.horizon) -%}
        {%- do _ml_check_share(macro_name, trained, 'confidence_level', settings.confidence_level) -%}
        {%- if settings.perform_aggregation is not none and settings.perform_aggregation is not boolean -%}
            {%- do _ml_model_refused(
                macro_name, trained.name, "perform_aggregation must be true or false, got "
                ~ tojson(settings.perform_aggregation) ~ "."
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
