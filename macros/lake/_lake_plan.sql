{#-
  What the query of lake_records is made of, out of what the source declares:

    columns         the declared columns' names
    typed_columns   a select item for each of them: out of a raw row, in its type and under its name
    raw_record      the select item of that name: of text the line, of typed columns nothing yet
    problem         the first thing that is wrong with a raw row
    tie_breaker     what orders two records of one key, one moment and one file
    record_as_text  a rejected record as people read it
    key, required, required_texts (those of type STRING), checks, max_lateness_days, as_of
-#}
{% macro _lake_plan(table) %}
    {%- set lake = table.config.meta.lake -%}
    {%- set columns = table.columns.values() | list -%}
    {%- set read = _lake_typed_plan(columns) if _lake_format(table).is_typed else _lake_text_plan(columns, table) -%}
    {%- set texts = [] -%}
    {%- for column in columns if column.data_type | lower == 'string' -%} {%- do texts.append(column.name) -%} {%- endfor -%}
    {{ return(dict(
        read,
        columns=_quoted_list(columns | map(attribute='name'), ',\n'),
        key=lake.key,
        required=(lake.key + lake.get('required', []) + ['event_at', 'ingested_at']) | unique | list,
        required_texts=texts | select('in', lake.key + lake.get('required', [])) | list,
        checks=lake.get('checks', []),
        max_lateness_days=lake.max_lateness_days,
        as_of=_lake_as_of(table.source_name ~ '.' ~ table.name),
    )) }}
{% endmacro %}


{#- The moment as of which a table of the lake is read; none: now. -#}
{% macro _lake_as_of(table) %}
    {%- set given = var('lake_as_of', none) -%}
    {%- set moment = given.get(table) if given is mapping else given -%}
    {%- if moment and not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+]00(:00)?)?)?$', moment | string) -%}
        {{ exceptions.raise_compiler_error(
            "var lake_as_of: '" ~ moment ~ "' is no moment; write YYYY-MM-DD hh:mm:ss in UTC."
        ) }}
    {%- endif -%}
    {{ return(moment | string if moment else none) }}
{% endmacro %}
