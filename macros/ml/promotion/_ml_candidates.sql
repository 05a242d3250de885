{#- The nodes of the models that a retraining trains, by name; none without the var `ml_candidate`. -#}
{% macro _ml_candidates() %}
    {%- if not var('ml_candidate', false) -%} {{ return([]) }} {%- endif -%}
    {{ return(graph.nodes.values() | selectattr('config.materialized', 'equalto', 'ml_model') | sort(attribute='name')) }}
{% endmacro %}


{#- The newest training of the model at a relation, {run_id, training_query}; empty if it has not been trained. -#}
{% macro _ml_newest_training(relation) %}
    {%- set runs = _ml_runs_relation(relation) -%}
    {%- if load_relation(runs) is none -%} {{ return({}) }} {%- endif -%}
    {%- set found = run_query('select run_id, training_query from ' ~ runs ~ ' order by trained_at desc, run_id desc limit 1').rows -%}
    {{ return({'run_id': found[0][0], 'training_query': found[0][1]} if found else {}) }}
{% endmacro %}
