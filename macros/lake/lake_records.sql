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
  max_lateness_days, fixed_event_day) and the columns' data types, in BigQuery's names. A check that is NULL passes.

  With the var `lake_as_of`, a moment or a dict from <source>.<table> to one, the lake is what it was then:
  records that arrived later do not count.
-#}
{% macro lake_records(source_name, table_name) %}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute -%} {{ return(relation) }} {%- endif -%}
    {%- set table = _lake_table(source_name, table_name) -%}
    {%- do _check_event_day(table) -%}
    {{ return(_lake_records_of(relation, table)) }}
{%- endmacro %}


{#-
  A model that is built by days keeps one row of a key only if no correction moves a record to another day: the
  row of the old day would stay, or come back with it, and what was made of that day would not be made anew.
-#}
{% macro _check_event_day(table) %}
    {%- set lake = table.config.meta.lake -%}
    {%- set by_days = config.get('materialized') == 'incremental' and config.get('incremental_strategy') == 'replace_window' -%}
    {%- if by_days and not model.name.endswith('__rejects') and 'event_at' not in lake.key and not lake.get('fixed_event_day') -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": it is built by days, and a correction may move a record of "
            ~ table.source_name ~ "." ~ table.name ~ " to another day, because its key (" ~ lake.key | join(', ')
            ~ ") does not hold event_at; build it whole (materialized: table), or set fixed_event_day: true in meta.lake"
            ~ " if the event of a key always stays on its day."
        ) }}
    {%- endif -%}
{% endmacro %}


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
