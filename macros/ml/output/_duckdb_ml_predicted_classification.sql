{#- The class of each row, in the label's own type, and the probability of every class, the highest label first. -#}
{% macro _duckdb_ml_predicted_classification(model, trained, data, settings) -%}
{%- set threshold = settings.threshold -%}
{%- if threshold is not none -%}
    {%- do _duckdb_ml_require_binary('ml_predict', trained, 'threshold', 'leave it out') -%}
{%- endif -%}
(
    select
        case
            when len(bqml_classes) = 2
                then bqml_classes[case when bqml_output[2] > {{ threshold if threshold is not none else 0.5 }} then 2 else 1 end]
            else bqml_classes[list_position(bqml_output, list_max(bqml_output))]
        end as {{ adapter.quote('predicted_' ~ trained.label) }},
        list_reverse(list_transform(
            list_zip(bqml_classes, bqml_output),
            lambda pair: {'label': pair[1], 'prob': pair[2]}
        )) as {{ adapter.quote('predicted_' ~ trained.label ~ '_probs') }},
        * exclude (bqml_output, bqml_classes)
    from {{ _duckdb_ml_output(model, data, with_classes=true) }}
)
{%- endmacro %}
