{#-
  The bucket of a number on DuckDB: `points` is an array of ascending split points, and a bucket goes from one
  up to, and not including, the next.
-#}
{% macro _duckdb_ml_bucket(number, points, output_format) -%}
    {%- set start = _duckdb_ml_number_text('list_max(list_filter(' ~ points ~ ', lambda bqml_point: bqml_point <= ' ~ number ~ '))') -%}
    {%- set end = _duckdb_ml_number_text('list_min(list_filter(' ~ points ~ ', lambda bqml_point: bqml_point > ' ~ number ~ '))') -%}
    case
        when {{ number }} is not null
            {%- if output_format == 'bucket_names' %}
            then 'bin_' || (len(list_filter({{ points }}, lambda bqml_point: bqml_point <= {{ number }})) + 1)
            {%- elif output_format == 'bucket_ranges' %}
            then coalesce('[' || {{ start }}, '(-inf') || ', ' || coalesce({{ end }}, '+inf') || ')'
            {%- else %}
            then
                '{"start": "' || coalesce({{ start }}, '-Infinity')
                || '", "end": "' || coalesce({{ end }}, 'Infinity') || '"}'
            {%- endif %}
    end
{%- endmacro %}


{#- A FLOAT64 as BigQuery prints it: 2 for 2.0. -#}
{% macro _duckdb_ml_number_text(number) -%}
    regexp_replace(cast({{ number }} as varchar), '\.0$', '')
{%- endmacro %}
