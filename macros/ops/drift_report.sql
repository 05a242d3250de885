{#-
  Prints, as a JSON list, what has drifted on the newest day of each `ml_<use_case>__drift`: objects of
  model_name, predicted_date, feature, metric, value and threshold.
-#}
{% macro drift_report() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type == 'model' and node.name.endswith('__drift') -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation is not none -%}
            {%- for row in run_query(_newest_drift_sql(relation)).rows -%}
                {%- do found.append({
                    'model_name': row[0], 'predicted_date': row[1], 'feature': row[2],
                    'metric': row[3], 'value': row[4] | float, 'threshold': row[5] | float,
                }) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ print(tojson(found)) }}
{% endmacro %}


{% macro _newest_drift_sql(relation) %}
select model_name, cast(predicted_date as {{ dbt.type_string() }}) as predicted_date, feature, metric, value, threshold
from {{ relation }}
where is_anomaly and predicted_date = (select max(predicted_date) from {{ relation }})
order by model_name, feature, metric
{% endmacro %}
