{#-
  Every record of a lake table, parsed, typed, checked and deduplicated, as a subquery:

    the declared columns    in their declared types
    ingested_date           the partition: the day the record arrived
    lake_file, line_number  where it was read (BigQuery's external tables have no line numbers)
    reject_reason           NULL, or one sentence saying why the record cannot be used
    raw_record              the record as it was found; NULL for good ones

  Of several records with one key the latest `ingested_at` is kept; of several that also arrived at
  one moment one is kept, the same on both engines, and the others are rejected. Nothing is lost: a
  stg_ model takes the rows without a reject_reason, the rejects model takes the others.
  The source's YAML declares all of it: `meta.lake` (format, key, required, checks, null_strings,
  max_lateness_days) and the columns' data types, in BigQuery's names. A check that is NULL passes.

  With the var `lake_as_of`, a moment or a dict from <source>.<table> to one, the lake is what it was then:
  records that arrived later do not count.
-#}
{% macro lake_records(source_name, table_name) %}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute -%} {{ return(relation) }} {%- endif -%}
    {{ return(_lake_records_of(relation, _lake_table(source_name, table_name))) }}
{%- endmacro %}


{#- The records of a table of the lake, given its relation and its node. -#}
{% macro _lake_records_of(relation, table) %}
    {%- if not _lake_format(table).has_days -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": source " ~ table.source_name ~ "." ~ table.name ~ " is one export without days;"
            ~ " read it with source()."
        ) }}
    {%- endif -%}
    {{ return(_lake_records_sql(lake_rows(relation, table), _lake_plan(table))) }}
{% endmacro %}
