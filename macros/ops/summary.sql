{#-
  What a build made, for people: `dbt run-operation summary`. Tables and rows per layer, how many
  records were rejected, each model's headline metrics (`meta.headline`), and what to try next.
-#}
{% macro summary() %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- set layers = {'lake': [], 'warehouse': [], 'snapshots': [], 'marts': [], 'features': [], 'ml': [], 'catalogue': []} -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type in ['model', 'snapshot'] -%}
        {%- set layer = _layer_of(node) -%}
        {%- if node.config.materialized not in ['ml_model', 'view', 'ephemeral'] and layer in layers -%}
            {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
            {%- if relation is not none -%}
                {%- do layers[layer].append({'name': node.alias, 'relation': relation}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- for layer, tables in layers.items() if tables -%}
        {%- set counts = _row_counts(tables) -%}
        {%- do lines.append('') -%}
        {%- do lines.append('%-10s %3d tables %12s rows' | format(layer, tables | length, _thousands(counts.values() | sum))) -%}
        {%- for table in tables -%}
            {%- do lines.append('    %-42s %12s' | format(table.name, _thousands(counts[table.name]))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not lines -%}
        {{ print('Nothing is built yet: run `make run`, or `dbt build`.') }}
        {{ return('') }}
    {%- endif -%}
    {%- do lines.append('') -%}
    {%- do lines.append('models') -%}
    {%- for node in graph.nodes.values() | sort(attribute='name') if node.config.materialized == 'ml_model' -%}
        {%- set headline = node.config.meta.get('headline', []) -%}
        {%- set evaluation = node.name.split('__model')[0] ~ '__evaluation' -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, evaluation) -%}
        {%- if headline and relation is not none -%}
            {%- set values = run_query(
                'select ' ~ _quoted_list(headline) ~ ' from ' ~ relation ~ ' where model_name = ' ~ text_literal(node.name)
            ).rows[0] -%}
            {%- set shown = [] -%}
            {%- for metric in headline -%}
                {%- do shown.append('%s %.4f' | format(metric, values[loop.index0] | float)) -%}
            {%- endfor -%}
            {%- do lines.append('    %-42s %s' | format(node.name, shown | join('   '))) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do lines.append('') -%}
    {%- for table in layers.lake if table.name.endswith('__rejects') -%}
        {%- set rejected = _row_counts([table])[table.name] -%}
        {%- do lines.append(
            _plural(rejected, 'record') ~ ' of ' ~ table.name.split('__')[0] | replace('stg_', '') ~ ' could not be used'
            ~ (': see why in ' ~ table.relation.schema ~ '.' ~ table.name if rejected else '')
        ) -%}
    {%- endfor -%}
    {%- do lines.append('') -%}
    {%- do lines.append('next   dbt build --select ml_late_arrival__model+    edit the model, train it, see what it gives') -%}
    {%- do lines.append('       make docs                                     browse tables, columns and lineage') -%}
    {%- do lines.append('       dbt show --inline "select ..."                ask anything in SQL') -%}
    {%- do lines.append('       README.md, "Where do I put ..."               bring your own data') -%}
    {%- for line in lines -%} {{ print(line) }} {%- endfor -%}
{% endmacro %}


{% macro _plural(number, noun) %}
    {{ return(_thousands(number) ~ ' ' ~ noun ~ ('' if number == 1 else 's')) }}
{% endmacro %}


{% macro _layer_of(node) %}
    {%- set path = node.original_file_path.replace('\\', '/') -%}
    {{ return(path.split('/')[1 if path.startswith('models/') else 0]) }}
{% endmacro %}


{#- Rows of several tables in one query. -#}
{% macro _row_counts(tables) %}
    {%- set selects = [] -%}
    {%- for table in tables -%}
        {%- do selects.append("select '" ~ table.name ~ "' as name, count(*) as n from " ~ table.relation) -%}
    {%- endfor -%}
    {%- set counts = {} -%}
    {%- for row in run_query(selects | join(' union all ')).rows -%} {%- do counts.update({row[0]: row[1] | int}) -%} {%- endfor -%}
    {{ return(counts) }}
{% endmacro %}


{% macro _thousands(number) %}
    {{ return('{:,}'.format(number | int)) }}
{% endmacro %}
