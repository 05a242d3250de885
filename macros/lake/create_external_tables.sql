{#-
  Makes the tables that BigQuery reads the lake through, from the sources' own YAML, and their dataset:

    dbt run-operation create_external_tables --target bigquery --args '{lake_uri: gs://my-bucket/lake}'

  They can be made anew at any time: a file that lands is seen without. Nothing to do on DuckDB.
-#}
{% macro create_external_tables(lake_uri=none, select=none, dry_run=false, connection=none, max_staleness=none) %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set lake_uri = lake_uri or lake_root() -%}
    {%- set settings = {
        'connection': connection or env_var('AZEKURA_BIGQUERY_LAKE_CONNECTION', ''),
        'max_staleness': max_staleness or env_var('AZEKURA_BIGQUERY_LAKE_MAX_STALENESS', ''),
    } -%}
    {%- set statements = [] -%}
    {%- for table in _selected_lake_tables(select) -%}
        {%- set relation = api.Relation.create(table.database, table.schema, table.identifier, type='external') -%}
        {%- set sql = external_table_sql(relation, table, lake_uri, settings) -%}
        {%- if sql is not none -%}
            {%- do statements.append({'relation': relation, 'sql': sql, 'format': table.config.meta.lake.format}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not statements -%}
        {{ print('Nothing to do: ' ~ adapter.type() ~ ' reads the files of the lake themselves.') }}
        {{ return('') }}
    {%- endif -%}
    {%- do _check_external_settings(lake_uri, settings) -%}
    {%- set made = [] -%}
    {%- for statement in statements -%}
        {%- if dry_run -%}
            {{ print(statement.sql ~ ';\n') }}
        {%- else -%}
            {%- set dataset = statement.relation.without_identifier() -%}
            {%- if dataset | string not in made -%}
                {%- do adapter.create_schema(statement.relation) -%}
                {%- do made.append(dataset | string) -%}
            {%- endif -%}
            {%- do run_query(statement.sql) -%}
            {{ print('made %s over %s (%s)' | format(statement.relation.render() | replace('`', ''), lake_uri, statement.format)) }}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{#- The tables of the lake that are asked for, by `source` or `source.table`; all of them if none is. -#}
{% macro _selected_lake_tables(select) %}
    {%- set wanted = [select] if select is string else select or [] -%}
    {%- set known, tables = [], [] -%}
    {%- for node in graph.sources.values() | sort(attribute='unique_id') if (node.config.meta or {}).get('lake') -%}
        {%- set names = [node.source_name, node.source_name ~ '.' ~ node.name] -%}
        {%- do known.extend(names) -%}
        {%- if not wanted or wanted | select('in', names) | list -%}
            {%- do tables.append(_lake_table(node.source_name, node.name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in wanted if name not in known -%}
        {{ exceptions.raise_compiler_error(
            "create_external_tables: select names '" ~ name ~ "', which is none of the lake's sources and tables: "
            ~ known | unique | join(', ') ~ '.'
        ) }}
    {%- endfor -%}
    {{ return(tables) }}
{% endmacro %}


{% macro _check_external_settings(lake_uri, settings) %}
    {%- if not lake_uri.startswith('gs://') -%}
        {{ exceptions.raise_compiler_error(
            "create_external_tables: lake_uri is '" ~ lake_uri ~ "', which BigQuery cannot read; give"
            ~ " gs://<bucket>/<prefix>, or set AZEKURA_LAKE to it."
        ) }}
    {%- endif -%}
    {%- if settings.max_staleness and not settings.connection -%}
        {{ exceptions.raise_compiler_error(
            "create_external_tables: max_staleness needs a connection; give connection as project.region.name."
        ) }}
    {%- endif -%}
{% endmacro %}
