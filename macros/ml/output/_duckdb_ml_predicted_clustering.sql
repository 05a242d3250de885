{#- The nearest centroid of each row, and the distance to the nearest five. -#}
{% macro _duckdb_ml_predicted_clustering(model, trained, data, settings) -%}
(
    select
        list_position(bqml_output, list_min(bqml_output))::bigint as CENTROID_ID,
        list_transform(
            list_grade_up(bqml_output)[:5],
            lambda nearest: {'CENTROID_ID': nearest, 'DISTANCE': bqml_output[nearest]}
        ) as NEAREST_CENTROIDS_DISTANCE,
        * exclude (bqml_output)
    from {{ _duckdb_ml_output(model, data) }}
)
{%- endmacro %}
