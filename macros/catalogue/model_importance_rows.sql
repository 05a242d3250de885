{#-
  One row per trained model and feature: model_name, feature_name, measure, importance, weight.

    total_gain           the gain of all splits on the feature
    standardized_weight  the greatest weight of the feature whatever its sign, over categories and classes;
                         weight is the weight itself where there is only one

  The table of model types says which measure a type has, as `importance`. A type without one has no rows.
-#}
{% macro model_importance_rows() %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set selects = [] -%}
    {%- for one in _trained_models() -%}
        {%- if one.importance == 'standardized_weight' -%}
            {%- set sql %}
    select
        {{ text_literal(one.name) }} as model_name,
        processed_input as feature_name,
        'standardized_weight' as measure,
        max(coalesce(abs(weight), {{ _greatest_category_weight('category_weights') }})) as importance,
        case when count(*) = 1 then max(weight) end as weight
    from {{ ml_weights(one.relation, standardize=true) }} as weights
    where processed_input != '__INTERCEPT__'
    group by processed_input
            {%- endset -%}
            {%- do selects.append(sql) -%}
        {%- elif one.importance == 'total_gain' -%}
            {%- set sql %}
    select
        {{ text_literal(one.name) }} as model_name,
        feature as feature_name,
        'total_gain' as measure,
        importance_gain * importance_weight as importance,
        cast(null as {{ dbt.type_float() }}) as weight
    from {{ ml_feature_importance(one.relation) }} as importance
            {%- endset -%}
            {%- do selects.append(sql) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(_union_of(selects, {
        'model_name': 'string', 'feature_name': 'string', 'measure': 'string', 'importance': 'float64',
        'weight': 'float64',
    })) }}
{% endmacro %}


{#- The greatest weight of a category, whatever its sign, of ml_weights' category_weights; NULL of a number. -#}
{% macro _greatest_category_weight(category_weights) %}
    {{- return(adapter.dispatch('_greatest_category_weight', 'azekura')(category_weights)) -}}
{% endmacro %}

{% macro bigquery___greatest_category_weight(category_weights) -%}
    (select max(abs(entry.weight)) from unnest({{ category_weights }}) as entry)
{%- endmacro %}

{% macro duckdb___greatest_category_weight(category_weights) -%}
    list_max(list_transform({{ category_weights }}, lambda entry: abs(entry.weight)))
{%- endmacro %}
