{#-
  Writes down what a model was just trained on, one row per training, in `<model>__runs` beside it: enough to
  build the very rows again (`python -m serving reproduce`, docs/feature_store.md). A run with the var `ml_rows_only`
  trains nothing and writes only this.

    run_id           dbt's invocation
    trained_at       when that began, UTC
    model_version    of the model that came of it (`version`, an SQL expression); NULL on BigQuery and where nothing was trained
    rows_count       rows of the training query
    checksum         of these rows (rows_checksum)
    training_query   as it was sent
    definition_hash  of the files of the model and of all it was built from
    feature_service  what the training set joined: service, views, versions, mode, as JSON
    training_set     the query of the labels and the join as it stands in the training set's file
    lake_as_of       by source table, the newest moment at which a record had arrived, as JSON

  The table is made with the first training. Model and row become visible together on DuckDB; BigQuery knows no
  transaction over a model, there the row follows the model.
-#}
{% macro _ml_record_run(relation, query, version=none) %}
    {%- set runs = _ml_runs_relation(relation) -%}
    {%- set text = dbt.type_string() -%}
    {%- set above = _ml_built_from(model.unique_id) -%}
    {%- call statement('make_runs') -%}
        create table if not exists {{ runs }} ({{ _ml_runs_definition() }})
    {%- endcall -%}
    {%- do adapter.cache_added(runs) -%}
    {%- set services = [] -%}
    {%- set training_sets = [] -%}
    {%- for node in above if node.config.meta.get('feature_service') -%}
        {%- do services.append(_ml_service_as_built(node.config.meta.feature_service)) -%}
        {%- do training_sets.append(node.raw_code) -%}
    {%- endfor -%}
    {%- call statement('record_run') -%}
        insert into {{ runs }} ({{ _ml_runs_columns() | join(', ') }})
        select
            {{ text_literal(invocation_id) }},
            {{ dbt.cast(text_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S')), dbt.type_timestamp()) }},
            {{ version or dbt.cast('null', text) }},
            rows_count,
            checksum,
            {{ text_literal(query) }},
            {{ text_literal(_ml_definition_hash(above)) }},
            {{ text_literal(tojson(services[0], sort_keys=true)) if services else dbt.cast('null', text) }},
            {{ text_literal(training_sets[0]) if training_sets else dbt.cast('null', text) }},
            {{ text_literal(tojson(_ml_lake_as_of(above), sort_keys=true)) }}
        from {{ rows_checksum(query) if query | trim else _ml_no_rows() }} as training_rows
    {%- endcall -%}
{% endmacro %}


{#- What a model that takes no query was trained on, as rows_checksum has it. -#}
{% macro _ml_no_rows() -%}
(select 0 as rows_count, {{ dbt.cast('null', dbt.type_string()) }} as checksum)
{%- endmacro %}


{#- Where the trainings of a model are written down. -#}
{% macro _ml_runs_relation(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__runs'}, type='table')) }}
{% endmacro %}


{% macro _ml_runs_columns() %}
    {{ return({
        'run_id': 'string', 'trained_at': 'timestamp', 'model_version': 'string', 'rows_count': 'int64', 'checksum': 'string',
        'training_query': 'string', 'definition_hash': 'string', 'feature_service': 'string', 'training_set': 'string',
        'lake_as_of': 'string',
    }) }}
{% endmacro %}


{% macro _ml_runs_definition() -%}
    {%- for name, type in _ml_runs_columns().items() %}{{ name }} {{ _sql_type(type) }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}


{#- The nodes that a node is built from, itself first. -#}
{% macro _ml_built_from(unique_id) %}
    {%- set found = [unique_id] -%}
    {%- set nodes = [] -%}
    {%- for number in range(10000) if number < found | length -%}
        {%- set node = graph.nodes.get(found[number]) -%}
        {%- if node -%}
            {%- do nodes.append(node) -%}
            {%- for above in node.depends_on.nodes if above not in found -%} {%- do found.append(above) -%} {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(nodes) }}
{% endmacro %}


{% macro _ml_definition_hash(nodes) %}
    {%- set files = [] -%}
    {%- for node in nodes -%} {%- do files.append(node.unique_id ~ ' ' ~ (node.checksum or {}).get('checksum', '')) -%} {%- endfor -%}
    {{ return(local_md5(files | sort | join('\n'))) }}
{% endmacro %}


{#- A service with the versions that were the latest when it was built. -#}
{% macro _ml_service_as_built(service) %}
    {%- set views = [] -%}
    {%- for view in service.views -%}
        {%- do views.append(dict(view, version=feature_view(view['view'], view.version).version)) -%}
    {%- endfor -%}
    {{ return(dict(service, views=views)) }}
{% endmacro %}


{#- By source table, the newest moment at which a record arrived that was built from: what `lake_as_of` repeats. -#}
{% macro _ml_lake_as_of(nodes) %}
    {%- set marks = {} -%}
    {%- for node in nodes if node.resource_type == 'model' and node.original_file_path.startswith('models/lake/') -%}
        {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
        {%- if 'ingested_at' in adapter.get_columns_in_relation(relation) | map(attribute='name') -%}
            {%- set found = run_query(
                'select cast(max(ingested_at) as ' ~ dbt.type_string() ~ ') as newest from ' ~ relation
                ~ (' where ' ~ node.config.partition_by.field ~ " >= date '0001-01-01'" if node.config.get('partition_by') else '')
            ) -%}
            {%- for above in node.depends_on.nodes if above in graph.sources and found.rows -%}
                {%- do marks.update({graph.sources[above].source_name ~ '.' ~ graph.sources[above].name: found.rows[0][0]}) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(marks) }}
{% endmacro %}
