{#- ML.DETECT_ANOMALIES of a model of time series: of its history, or of rows of data that follow it. -#}
{% macro _duckdb_ml_anomalies_of_series(model, trained, data, threshold) -%}
{%- set keys = _duckdb_ml_series_keys(trained) -%}
{%- set level = threshold if threshold is not none else 0.95 -%}
{%- set moment = adapter.quote(_ml_series_column(trained, 'timestamp column')) -%}
{%- set value = adapter.quote(_ml_series_column(trained, 'data column')) -%}
{%- if data is none -%}
(
    select
        * exclude (bqml_made),
        make_timestamp(bqml_made.keys[2]) as {{ moment }},
        bqml_made.numbers[1] as {{ value }},
        bqml_made.numbers[4] > {{ level }} as is_anomaly,
        bqml_made.numbers[2] as lower_bound,
        bqml_made.numbers[3] as upper_bound,
        bqml_made.numbers[4] as anomaly_probability
    from {{ _duckdb_ml_made(model, 'ml_detect_anomalies', {'anomaly_prob_threshold': threshold}) }}
)
{%- else -%}
{%- set taken = [_ml_series_column(trained, 'timestamp column'), _ml_series_column(trained, 'data column')] + keys | map(attribute=0) | list
    + ['bqml_point', 'bqml_added', 'bqml_forecast', 'bqml_distance', 'bqml_probability'] -%}
(
    select * exclude (bqml_rest)
    from (
        select
            {%- for name, type, in_json in keys %}
            cast(bqml_point.keys[{{ loop.index }}] as {{ in_json }}) as {{ adapter.quote(name) }},
            {%- endfor %}
            make_timestamp(bqml_point.moment) as {{ moment }},
            bqml_point.value as {{ value }},
            bqml_probability > {{ level }} as is_anomaly,
            if(bqml_point.value is null, null, bqml_forecast[4]) as lower_bound,
            if(bqml_point.value is null, null, bqml_forecast[5]) as upper_bound,
            bqml_probability as anomaly_probability,
            {#- the engine says which column is missing, so that none is named here #}
            columns(bqml_column -> lower(bqml_column) not in (
                {%- for name in taken %}{{ text_literal(name | lower) }}{{ ', ' if not loop.last }}{% endfor -%}
            ))
        from (
            {#- the normal distribution as BigQuery has it: Abramowitz and Stegun, 26.2.18 #}
            select
                *,
                1 - pow(1 + bqml_distance * (0.196854 + bqml_distance * (
                    0.115194 + bqml_distance * (0.000344 + bqml_distance * 0.019527))), -4) as bqml_probability
            from (
                select
                    *,
                    null as bqml_rest,
                    case
                        when bqml_point.value = bqml_forecast[1] then 0.0
                        else abs(bqml_point.value - bqml_forecast[1]) / bqml_forecast[2]
                    end as bqml_distance
                from {{ _duckdb_ml_compared(
                    model, trained, data, _ml_farthest(trained, none, level), 'ml_detect_anomalies'
                ) }}
            )
        )
    )
)
{%- endif -%}
{%- endmacro %}
