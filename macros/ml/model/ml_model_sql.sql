{#- The statement that trains, as text: rendered by the materialization and, without running, by tests. -#}

{% macro bigquery__ml_model_sql(relation, options, query) -%}
create or replace model {{ relation }}
{%- if options.transform %}
transform(
    {%- for item in options.transform %}
    {{ item }}{{ ',' if not loop.last }}
    {%- endfor %}
)
{%- endif %}
options(
    {%- for name, value in options.items() if name != 'transform' %}
    {{ name }} = {{ _bigquery_literal(value, ml_option_table()[options.model_type][name].type) }}{{ ',' if not loop.last }}
    {%- endfor %}
)
{%- if query | trim %} as (
{{ query }}
)
{%- endif %}
{%- endmacro %}


{#- A value of meta.ml as BigQuery SQL; a list inside a list, and one of type STRUCT, is a struct. -#}
{% macro _bigquery_literal(value, type='', nested=false) -%}
    {%- if value is boolean -%}
        {{ value | lower }}
    {%- elif value is number -%}
        {{ value }}
    {%- elif value is string -%}
        {{ text_literal(value) }}
    {%- elif value is mapping -%}
        {%- set form = value.keys() | first -%}
        {{ form }}(
        {%- if form == 'hparam_range' -%} {{ value[form] | join(', ') }}
        {%- else -%} {{ _bigquery_literal(value[form]) }}
        {%- endif -%}
        )
    {%- else -%}
        {%- set nested = nested or type.startswith('STRUCT') -%}
        {{ 'struct(' if nested else '[' }}
        {%- for item in value -%}
        {{ _bigquery_literal(item, nested=true) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        {{ ')' if nested else ']' }}
    {%- endif -%}
{%- endmacro %}


{#-
  All training rows are handed to the engine at once, as one list of structs. The classes are gathered
  in SQL, because only SQL knows the label's type; a type whose values Arrow does not tell apart (TIMETZ)
  is refused, as classes and probabilities would not match. `previous` is the trained model that a warm start goes
  on from, if there is one: the engine is told its relation and its version.
-#}
{% macro duckdb__ml_model_sql(relation, options, query, previous=none) -%}
{%- if options.transform -%}
    {%- set items = [] -%}
    {%- for item in options.transform -%} {%- do items.append(_duckdb_ml_calls(item)) -%} {%- endfor -%}
    {%- set options = dict(options, transform=items) -%}
{%- endif -%}
{%- set row = ml_model_type_table()[options.model_type] -%}
{%- set label = _ml_label(options.model_type, options) if row.label == 'class' -%}
{%- if row.query == 'none' -%}
create table {{ relation }} as (
    select unnest(bqml_train({{ text_literal(model.name) }}, {{ text_literal(tojson(options)) }}, null))
)
{%- else -%}
create table {{ relation }} as (
    with training_rows as materialized (
{{ query }}
    ),

    trained as (
        select unnest(bqml_train(
            {{ text_literal(model.name) }},
            {{ text_literal(tojson(options)) }},
            list(training_row)
            {%- if previous is not none %},
            {{ text_literal(previous.render()) }},
            any_value(previous_model.model_version)
            {%- endif %}
        ))
        from training_rows as training_row
        {%- if previous is not none %}
        cross join {{ previous }} as previous_model
        {%- endif %}
    )
    {%- if label %},

    classes as (
        select list(distinct {{ adapter.quote(label) }} order by {{ adapter.quote(label) }}) as labels
        from training_rows
    )
    {%- endif %}

    select
        trained.*
        {%- if label %} replace (
            case
                when len(classes.labels) = len(trained.label_classes) then classes.labels
                else error({{ text_literal(
                    model.name ~ ": label column '" ~ label ~ "' has values that only DuckDB tells apart; cast it to VARCHAR."
                ) }})
            end as label_classes
        )
        {%- endif %}
    from trained
    {%- if label %}
    cross join classes
    {%- endif %}
)
{%- endif -%}
{%- endmacro %}
