{#-
  ML.ROC_CURVE of a binary classifier as a table, one row per threshold:

    threshold FLOAT64, recall FLOAT64, false_positive_rate FLOAT64, true_positives INT64,
    false_positives INT64, true_negatives INT64, false_negatives INT64

  A row of the data is predicted positive if the probability of the higher label is above the threshold.
  `thresholds` is a list of numbers; if not given, they are about a hundred quantiles of the probability.
  Without `data` it is the evaluation split that the model kept at training, its probabilities to four
  decimals. `data` is a relation, the name of a CTE, or a query, and holds the label; rows without one are
  left out.
-#}
{% macro ml_roc_curve(model, data=none, thresholds=none) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_for(model, 'ml_roc_curve') -%}
    {%- for threshold in thresholds or [] if threshold is not number or threshold < 0 or threshold > 1 -%}
        {%- do _ml_model_refused(
            'ml_roc_curve', trained.name, "thresholds must be a list of numbers between 0 and 1, got "
            ~ tojson(thresholds) ~ "."
        ) -%}
    {%- endfor -%}
    {{- return(adapter.dispatch('ml_roc_curve', 'azekura')(_ml_relation(model), data, thresholds)) -}}
{% endmacro %}

{% macro default__ml_roc_curve(model, data, thresholds) %}
    {{- _no_such_side('ml_roc_curve') -}}
{% endmacro %}


{% macro bigquery__ml_roc_curve(model, data, thresholds) -%}
{{ _ml_call('roc_curve', model, [
    _ml_query(data) if data is not none, '[' ~ thresholds | join(', ') ~ ']' if thresholds is not none
]) }}
{%- endmacro %}


{% macro duckdb__ml_roc_curve(model, data, thresholds) -%}
{%- set trained = _ml_model_config(model, 'ml_roc_curve') -%}
{%- do _duckdb_ml_require_binary('ml_roc_curve', trained, 'it', 'use ml_confusion_matrix') -%}
(
    -- one row per probability of the positive label
    with points as (
        {%- if data is none %}
        select unnest({{ _duckdb_ml_answered(
            model, 'ml_roc_curve', [{'score': 'DOUBLE', 'positives': 'BIGINT', 'negatives': 'BIGINT'}]
        ) }}, recursive := true)
        from {{ model }}
        {%- else %}
        {%- set label = 'scored.' ~ adapter.quote(trained.label) %}
        select
            scored.bqml_output[2] as score,
            count(case when {{ label }} = scored.bqml_classes[2] then 1 end) as positives,
            count(case when {{ label }} = scored.bqml_classes[1] then 1 end) as negatives
        from {{ _duckdb_ml_output(model, data, with_classes=true) }} as scored
        where {{ label }} is not null
        group by scored.bqml_output[2]
        {%- endif %}
    ),

    -- what is predicted negative where the probability is the threshold
    below as (
        select
            score,
            positives + negatives as n,
            sum(positives) over (order by score) as positives,
            sum(negatives) over (order by score) as negatives
        from points
    ),

    total as (
        select max(positives) as positives, max(negatives) as negatives from below
    ),

    thresholds as (
        {%- if thresholds is none %}
        -- keeps the probabilities at which another hundredth of the rows begins
        select below.score as threshold
        from below
        cross join total
        where
            floor(100 * (below.positives + below.negatives) / (total.positives + total.negatives))
            > floor(100 * (below.positives + below.negatives - below.n) / (total.positives + total.negatives))
        {%- else %}
        select unnest({{ thresholds }}::double[]) as threshold
        {%- endif %}
    ),

    counts as (
        select
            thresholds.threshold,
            total.positives - coalesce(below.positives, 0) as true_positives,
            total.negatives - coalesce(below.negatives, 0) as false_positives,
            coalesce(below.negatives, 0) as true_negatives,
            coalesce(below.positives, 0) as false_negatives
        from thresholds
        cross join total
        asof left join below on thresholds.threshold >= below.score
    )

    select
        threshold::double as threshold,
        true_positives / (true_positives + false_negatives) as recall,
        false_positives / (false_positives + true_negatives) as false_positive_rate,
        true_positives::bigint as true_positives,
        false_positives::bigint as false_positives,
        true_negatives::bigint as true_negatives,
        false_negatives::bigint as false_negatives
    from counts
)
{%- endmacro %}
