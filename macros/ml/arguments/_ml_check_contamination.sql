{#- Refuses a call for a model of clusters or components without its data or its contamination. -#}
{% macro _ml_check_contamination(trained, data, contamination, anomaly_prob_threshold) %}
    {%- if anomaly_prob_threshold is not none -%}
        {%- do _ml_model_refused(
            'ml_detect_anomalies', trained.name, "anomaly_prob_threshold is for models of time series, and the model is "
            ~ trained.model_type ~ "; give contamination instead."
        ) -%}
    {%- elif contamination is boolean or contamination is not number or contamination < 0 or contamination > 0.5 -%}
        {%- do _ml_model_refused(
            'ml_detect_anomalies', trained.name, "contamination must be a number between 0 and 0.5, got "
            ~ contamination ~ "."
        ) -%}
    {%- elif data is none -%}
        {%- do _ml_model_refused(
            'ml_detect_anomalies', trained.name, "the model is " ~ trained.model_type
            ~ ", which keeps no rows; give the data to look at."
        ) -%}
    {%- endif -%}
{% endmacro %}
