{#-
  What a build on BigQuery costs on demand, for people and, as target/cost.csv, for programs:

      python -m cost                     what each statement reads; `make cost` does both
      dbt run-operation cost             priced with the sizes of the tables of the local build

  or, with `run_results`, what a real run was billed. docs/cost.md has the rules.
-#}
{% macro cost(select='', form=none, top=25, budget_bytes=none, budget_usd=none, run_results=none) %}
    {%- if not execute -%} {{ return('') }} {%- endif -%}
    {%- if target.type != 'duckdb' -%}
        {{ exceptions.raise_compiler_error(
            'cost is computed on DuckDB, for BigQuery too: leave out --target ' ~ target.name ~ '.'
        ) }}
    {%- endif -%}
    {%- set forms = ['run'] if run_results else ['full', 'window'] -%}
    {%- set form = form or forms[0] -%}
    {%- if form not in forms -%}
        {{ exceptions.raise_compiler_error("cost: form '" ~ form ~ "' is unknown; use " ~ forms | join(' or ') ~ '.') }}
    {%- endif -%}
    {%- set folder = invocation_args_dict.get('target_path') or env_var('DBT_TARGET_PATH', 'target') -%}
    {%- set plan = folder ~ '/cost/plan.json' -%}
    {%- do _cost_file_exists(run_results or plan, run_results) -%}
    {%- set statements = _cost_of_run(run_results) if run_results else _cost_of_statements(plan) -%}
    {%- do run_query('create or replace temp table node_costs as ' ~ _cost_of_nodes(statements, select)) -%}
    {%- do _cost_print(forms, form, top, folder ~ '/cost.csv') -%}
    {%- do _cost_check_budget(
        form,
        var('cost_budget_bytes', none) if budget_bytes is none else budget_bytes,
        var('cost_budget_usd', none) if budget_usd is none else budget_usd
    ) -%}
{% endmacro %}


{% macro _cost_file_exists(file, is_run) %}
    {%- if run_query('select count(*) from glob(' ~ text_literal(file) ~ ')').rows[0][0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            'There is no ' ~ file ~ ': ' ~ ('dbt writes it when it builds on BigQuery.' if is_run else 'write it with `python -m cost`.')
        ) }}
    {%- endif -%}
{% endmacro %}


{#- SQL for what BigQuery said of a real run's main statements, in the columns of _cost_of_statements. -#}
{% macro _cost_of_run(run_results) %}
select
    result.unique_id as node,
    'run' as form,
    'CreateModelStmt' as kind,
    false as is_dry_run,
    coalesce(result.adapter_response.bytes_processed, 0) as bytes_processed,
    coalesce(result.adapter_response.bytes_billed, 0) as bytes_billed
from (
    select unnest(results) as result
    from read_json({{ text_literal(run_results) }}, columns = {
        'results': 'struct(unique_id varchar, adapter_response struct(bytes_processed bigint, bytes_billed bigint))[]'
    }, maximum_object_size = 1073741824)
)
{% endmacro %}


{#- SQL for the cost of each node and form. A node without a window of its own is built whole again. -#}
{% macro _cost_of_nodes(statements, select) %}
{%- set standard = var('price_per_tib', 6.25) -%}
{%- set rows = [] -%}
{%- for node in graph.nodes.values() -%}
    {%- set model_type = ((node.config.meta or {}).get('ml') or {}).get('model_type', '') | upper -%}
    {%- set trained = var('create_model_price_per_tib', 312.5) if model_type in _trained_inside() else standard -%}
    {%- do rows.append('(' ~ [
        text_literal(node.unique_id), text_literal(node.name), text_literal(node.resource_type),
        text_literal(_cost_layer(node)), trained if node.config.materialized == 'ml_model' else standard,
    ] | join(', ') ~ ')') -%}
{%- endfor -%}
with

nodes (node, name, resource_type, layer, create_model_price) as (

    values
    {{ rows | join(',\n    ') }}

),

statements as (

    {{ statements }}

),

priced as (

    select
        statements.*,
        case when kind = 'CreateModelStmt' then create_model_price else {{ standard }} end
            * bytes_billed / {{ 1024 ** 4 }} as usd
    from statements
    inner join nodes on statements.node = nodes.node

),

-- a run of a window also builds whole what is not incremental
of_forms as (

    select * from priced
    union all by name
    select * replace ('window' as form) from priced
    where form = 'full' and node not in (select node from priced where form = 'window')

)

select
    of_forms.form,
    nodes.layer,
    nodes.resource_type,
    nodes.name,
    nodes.node as unique_id,
    count(*) as statements_count,
    count(*) filter (where is_dry_run) as dry_runs_count,
    sum(bytes_processed)::bigint as bytes_processed,
    sum(bytes_billed)::bigint as bytes_billed,
    sum(usd)::double as usd
from of_forms
inner join nodes on of_forms.node = nodes.node
where {{ _cost_selected(select) }}
group by all
{% endmacro %}


{#- Model types that BigQuery trains itself, at a price of its own; the others are trained by Vertex AI. -#}
{% macro _trained_inside() %}
    {{ return(['LINEAR_REG', 'LOGISTIC_REG', 'KMEANS', 'PCA', 'ARIMA_PLUS', 'ARIMA_PLUS_XREG', 'CONTRIBUTION_ANALYSIS']) }}
{% endmacro %}


{% macro _cost_layer(node) %}
    {%- set path = node.original_file_path.replace('\\', '/') -%}
    {{ return(path.split('/')[2] if path.startswith('tests/') else _layer_of(node)) }}
{% endmacro %}


{#- A condition: one of the words is a node's name, with * for anything, its layer or its resource type. -#}
{% macro _cost_selected(select) %}
    {%- set conditions = [] -%}
    {%- for word in (select or '').split() -%}
        {%- do conditions.append(
            '(nodes.name glob ' ~ text_literal(word) ~ ' or nodes.layer = ' ~ text_literal(word)
            ~ ' or nodes.resource_type = ' ~ text_literal(word) ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(conditions | join(' or ') if conditions else 'true') }}
{% endmacro %}


{#- The nodes by cost, totals, and all of it as a file. -#}
{% macro _cost_print(forms, form, top, file) %}
    {%- set titles = {'full': 'first build', 'window': 'run of a day', 'run': 'billed'} -%}
    {%- do run_query(
        'copy (select * from node_costs order by form, usd desc, bytes_processed desc, unique_id) to '
        ~ text_literal(file) ~ ' (header)'
    ) -%}
    {%- set lines = [] -%}
    {%- set above, below = ['%-42s' | format('')], ['%-42s' | format('model or snapshot')] -%}
    {%- for one in forms -%}
        {%- do above.append('%34s' | format(titles[one])) -%}
        {%- do below.append('%11s %11s %10s' | format('scanned', 'billed', 'USD')) -%}
    {%- endfor -%}
    {%- do lines.extend([above | join(' '), below | join(' ')]) -%}
    {%- set groups = [
        ('', 'name', "resource_type != 'test'", top),
        ('resource type', 'resource_type', 'true', none),
        ('layer', 'layer', 'true', none),
        ('', "'all'", 'true', none),
    ] -%}
    {%- for title, key, condition, limit in groups -%}
        {%- if title -%} {%- do lines.append(title) -%} {%- endif -%}
        {%- set found = run_query(_cost_grouped(key, condition, forms, form)).rows -%}
        {%- for row in found -%}
            {%- if limit is none or loop.index0 < limit -%} {%- do lines.append(_cost_line(row, forms)) -%} {%- endif -%}
        {%- endfor -%}
        {%- if limit is not none and found | length > limit -%}
            {%- do lines.append('and ' ~ (found | length - limit) ~ ' more models and snapshots, see ' ~ file) -%}
        {%- endif -%}
        {%- do lines.append('') -%}
    {%- endfor -%}
    {%- do lines.append('each node, tests too: ' ~ file) -%}
    {%- for line in lines -%} {{ print(line) }} {%- endfor -%}
{% endmacro %}


{#- A row per value of `key`: its name, then bytes processed and billed and USD of each form. -#}
{% macro _cost_grouped(key, condition, forms, form) %}
    {%- set sums = [] -%}
    {%- for one in forms -%}
        {%- for column in ['bytes_processed', 'bytes_billed', 'usd'] -%}
            {%- do sums.append(
                'coalesce(sum(' ~ column ~ ') filter (where form = ' ~ text_literal(one) ~ '), 0)::double as '
                ~ one ~ '_' ~ column
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(
        'select ' ~ key ~ ' as name, ' ~ sums | join(', ') ~ ' from node_costs where ' ~ condition
        ~ ' group by 1 order by ' ~ form ~ '_usd desc, ' ~ form ~ '_bytes_processed desc, 1'
    ) }}
{% endmacro %}


{% macro _cost_line(row, forms) %}
    {%- set cells = ['%-42s' | format(row['name'])] -%}
    {%- for one in forms -%}
        {%- do cells.append('%11s %11s %10.4f' | format(
            _human_bytes(row[one ~ '_bytes_processed']), _human_bytes(row[one ~ '_bytes_billed']), row[one ~ '_usd'] | float
        )) -%}
    {%- endfor -%}
    {{ return(cells | join(' ')) }}
{% endmacro %}


{% macro _human_bytes(bytes) %}
    {%- for unit, size in [('TiB', 1024 ** 4), ('GiB', 1024 ** 3), ('MiB', 1024 ** 2), ('KiB', 1024)] -%}
        {%- if bytes | float >= size -%} {{ return('%.1f %s' | format(bytes | float / size, unit)) }} {%- endif -%}
    {%- endfor -%}
    {{ return('%d B' | format(bytes | int)) }}
{% endmacro %}


{% macro _cost_check_budget(form, budget_bytes, budget_usd) %}
    {%- set spent = run_query(
        'select coalesce(sum(bytes_billed), 0)::bigint, coalesce(sum(usd), 0)::double from node_costs where form = '
        ~ text_literal(form)
    ).rows[0] -%}
    {%- if budget_bytes is not none and spent[0] | int > budget_bytes | int -%}
        {{ exceptions.raise_compiler_error(
            'Over budget: the ' ~ form ~ ' build bills ' ~ _human_bytes(spent[0]) ~ ', the budget is '
            ~ _human_bytes(budget_bytes | int) ~ ' (cost_budget_bytes).'
        ) }}
    {%- endif -%}
    {%- if budget_usd is not none and spent[1] | float > budget_usd | float -%}
        {{ exceptions.raise_compiler_error(
            'Over budget: the ' ~ form ~ ' build costs %.4f USD, the budget is %.4f USD (cost_budget_usd).' | format(
                spent[1] | float, budget_usd | float
            )
        ) }}
    {%- endif -%}
{% endmacro %}
