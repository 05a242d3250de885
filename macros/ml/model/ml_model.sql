{#-
  The materialization `ml_model`: a model file is options (meta.ml) and a select; running it trains.

  DuckDB    a trained model is a table of one row: version, options, features, statistics, training
            info, evaluation, classes, artifact. It is built beside the old one and swapped in, so a
            failed training leaves the old model in place.
  BigQuery  `create or replace model ... options(...) as ...`

  With --empty there is nothing to learn from, and the trained model stays as it is.

  validate (ml_options.sql), then do (ml_model_sql.sql): the blocks below only run the text.
-#}
{% materialization ml_model, adapter='duckdb' %}
    {%- set options = ml_options() -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do _ml_start_from_live(options, target_relation) -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if flags.EMPTY -%} {{ return(_ml_keep(_duckdb_ml_model(existing_relation))) }} {%- endif -%}
    {%- if var('ml_rows_only', false) -%} {{ return(_ml_only_record(target_relation, sql)) }} {%- endif -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type if existing_relation else 'table') -%}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do _ml_check_query(options, sql) -%}

    {%- call statement('main') -%}
        {{ duckdb__ml_model_sql(intermediate_relation, options, sql, _ml_warm_start(options, _duckdb_ml_model(existing_relation))) }}
    {%- endcall -%}

    {%- if existing_relation is not none -%}
        {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do _ml_record_run(target_relation, sql, version='(select model_version from ' ~ target_relation ~ ')') -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ drop_relation_if_exists(backup_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- The relation if it holds a trained model, else none: a table or view of the same name may hold anything. -#}
{% macro _duckdb_ml_model(relation) %}
    {%- if relation is not none and relation.is_table -%}
        {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {{ return(relation if 'artifact' in columns and 'model_version' in columns else none) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{#-
  The trained model that a warm start goes on from: the one about to be replaced, which other processes
  and the engine still see under its name. None without the option, on a full refresh, and where there is
  no trained model yet: then training starts from scratch.
-#}
{% macro _ml_warm_start(options, trained_relation) %}
    {{ return(trained_relation if options.get('warm_start') and not should_full_refresh() else none) }}
{% endmacro %}


{#- A candidate's warm start goes on from the live model: from its copy, where the candidate is going to be. -#}
{% macro _ml_start_from_live(options, target_relation) %}
    {%- if var('ml_candidate', false) and options.get('warm_start') and load_cached_relation(target_relation) is none -%}
        {%- set live = _ml_live_relation(model) -%}
        {%- if load_relation(_ml_runs_relation(live)) is not none -%}
            {%- do _ml_copy_model(live, target_relation) -%}
            {%- do adapter.cache_added(target_relation) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- What a run with --empty does: no rows, no training. -#}
{% macro _ml_keep(trained_relation) %}
    {%- if trained_relation is none -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": --empty leaves no rows to train on, and there is no trained model yet; run it once"
            ~ " without --empty, or exclude it."
        ) }}
    {%- endif -%}
    {%- do log(model.name ~ ": --empty leaves no rows to train on; the trained model stays as it is.", info=true) -%}
    {%- call noop_statement('main', 'KEPT') -%} {%- endcall -%}
    {{ return({'relations': [trained_relation]}) }}
{% endmacro %}


{#- What a run with the var `ml_rows_only` does: it says what the model would be trained on. -#}
{% macro _ml_only_record(target_relation, query) %}
    {%- do _ml_record_run(target_relation, query) -%}
    {%- call noop_statement('main', 'ROWS RECORDED') -%} {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': []}) }}
{% endmacro %}


{% materialization ml_model, adapter='bigquery' %}
    {%- set options = ml_options() -%}
    {%- set target_relation = this.incorporate(type='external') -%}
    {%- do _ml_start_from_live(options, target_relation) -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if flags.EMPTY -%} {{ return(_ml_keep(existing_relation)) }} {%- endif -%}
    {%- if var('ml_rows_only', false) -%} {{ return(_ml_only_record(target_relation, sql)) }} {%- endif -%}
    {#- BigQuery refuses a warm start where there is no model to go on from -#}
    {%- if _ml_warm_start(options, existing_relation) is none -%} {%- do options.pop('warm_start', none) -%} {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {{ bigquery__ml_model_sql(target_relation, options, sql) }}
    {%- endcall -%}
    {%- do _ml_record_run(target_relation, sql) -%}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% materialization ml_model, default %}
    {{ exceptions.raise_compiler_error(
        "Model " ~ model.name ~ ": materialization ml_model is not written for the adapter '"
        ~ adapter.type() ~ "'; Azekura trains on duckdb and bigquery."
    ) }}
{% endmaterialization %}
