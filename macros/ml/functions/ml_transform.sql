{#-
  ML.TRANSFORM as a table: what the TRANSFORM clause of a model makes of the rows, with the statistics of
  its training, then the columns of the input that the clause does not use, unchanged.

  The columns the clause uses are found by name; a missing one is refused. `data` is a relation, the name
  of a CTE, or a query.

    select * from {{ ml_transform(ref('ml_late_arrival__model'), ref('flights_today')) }} as transformed
-#}
{% macro ml_transform(model, data) %}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {%- set trained = _ml_model_config(model, 'ml_transform') -%}
    {%- if not trained.options.get('transform') -%}
        {%- do _ml_model_refused(
            'ml_transform', trained.name, "the model has no TRANSFORM clause; give it option 'transform'."
        ) -%}
    {%- endif -%}
    {{- return(adapter.dispatch('ml_transform', 'azekura')(_ml_relation(model), data)) -}}
{% endmacro %}

{% macro default__ml_transform(model, data) %}
    {{- _no_such_side('ml_transform') -}}
{% endmacro %}


{% macro bigquery__ml_transform(model, data) -%}
ml.transform(
    model {{ model }},
    {{ _ml_query(data) }}
)
{%- endmacro %}


{#-
  The columns and their types have to be known when a query is compiled, so this asks the trained model,
  which dbt has built by then, for its clause as SQL. On an empty warehouse it is a query that needs the
  model.
-#}
{% macro duckdb__ml_transform(model, data) -%}
{%- set node = _ml_model_config(model, 'ml_transform').node -%}
{%- if adapter.get_relation(node.database, node.schema, node.alias) is none -%}
(
    select bqml_row.*
    from {{ _rows_of(data) }} as bqml_row
    cross join {{ model }} as bqml_model
)
{%- else -%}
{%- set clause = fromjson(run_query(
    "select bqml_describe(" ~ text_literal(model | string) ~ ", model_version, 'TRANSFORM', '{}') from " ~ model
).rows[0][0])[0] -%}
(
    select
        {%- for output in clause.outputs %}
        {{ output }},
        {%- endfor %}
        bqml_row.*{% if clause.excluded %} exclude ({{ clause.excluded | join(', ') }}){% endif %}
    from
    {%- if clause.inputs %} (
        select * replace ({{ clause.inputs | join(', ') }})
        from {{ _rows_of(data) }}
    ) as bqml_row
    {%- else %} {{ _rows_of(data) }} as bqml_row
    {%- endif %}
    {%- if clause.statistics %}
    cross join (
        {{ clause.statistics }}
    ) as bqml_statistics
    {%- endif %}
)
{%- endif -%}
{%- endmacro %}
