{#-
  What became of every node of an invocation, as rows of the table `run_history` in the schema `ops`: called by
  dbt at the end of each run, it does nothing unless the var `run_history` is true.

  Who started it is in dbt's metadata environment (DBT_ENV_CUSTOM_ENV_dag_id and so on), not in vars: other
  vars would have dbt parse the whole project anew. The rows that each table holds also go into dbt's
  run_results.json, as `adapter_response.rows_count`.
-#}
{% macro record_run_history(results) %}
    {%- if not execute or not var('run_history', false) or not results -%} {{ return('') }} {%- endif -%}
    {%- set counts = _rows_of_results(results) -%}
    {%- set rows = [] -%}
    {%- for result in results if result.node -%}
        {%- do rows.append(_run_history_row(result, counts.get(result.node.unique_id))) -%}
    {%- endfor -%}
    {%- do _append_rows('run_history', _run_history_columns(), rows) -%}
    {{ return('') }}
{% endmacro %}


{% macro _run_history_columns() %}
    {{ return({
        'invocation_id': 'string', 'command': 'string', 'target': 'string',
        'node': 'string', 'resource_type': 'string', 'status': 'string',
        'rows_count': 'int64', 'failures_count': 'int64', 'seconds': 'float64', 'message': 'string',
        'started_at': 'timestamp', 'finished_at': 'timestamp',
        'window_start': 'date', 'window_end': 'date',
        'dag_id': 'string', 'run_id': 'string', 'task_id': 'string', 'try_number': 'int64',
    }) }}
{% endmacro %}


{% macro _run_history_row(result, rows_count) %}
    {%- set started_at = result.timing[0].started_at if result.timing else run_started_at -%}
    {%- set finished_at = result.timing[-1].completed_at if result.timing else started_at -%}
    {%- set window = _asked_window() -%}
    {{ return({
        'invocation_id': invocation_id,
        'command': flags.WHICH,
        'target': target.name,
        'node': result.node.unique_id,
        'resource_type': result.node.resource_type.value,
        'status': result.status | string,
        'rows_count': rows_count,
        'failures_count': result.failures,
        'seconds': result.execution_time,
        'message': result.message[:1000] if result.message else none,
        'started_at': started_at.strftime('%Y-%m-%d %H:%M:%S.%f'),
        'finished_at': (finished_at or started_at).strftime('%Y-%m-%d %H:%M:%S.%f'),
        'window_start': window.start,
        'window_end': window.end,
        'dag_id': dbt_metadata_envs.get('dag_id'),
        'run_id': dbt_metadata_envs.get('run_id'),
        'task_id': dbt_metadata_envs.get('task_id'),
        'try_number': dbt_metadata_envs.get('try_number'),
    }) }}
{% endmacro %}


{#- By unique id, the rows of each table that the results say was built. dbt writes them into its artifact, too. -#}
{% macro _rows_of_results(results) %}
    {%- set tables = [] -%}
    {%- for result in results if result.node and result.status | string == 'success'
        and result.node.config.materialized in ['table', 'incremental', 'snapshot', 'seed'] -%}
        {%- do tables.append({'name': result.node.unique_id, 'relation': result.node.relation_name}) -%}
    {%- endfor -%}
    {%- set counts = _row_counts(tables) -%}
    {%- for result in results if result.node and result.node.unique_id in counts -%}
        {%- do result.adapter_response.update({'rows_count': counts[result.node.unique_id]}) -%}
    {%- endfor -%}
    {{ return(counts) }}
{% endmacro %}
