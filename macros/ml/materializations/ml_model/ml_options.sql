{#-
  The options of the model being built (meta.ml), checked against the one table of options
  (ml_option_table) and normalized: names in lower case, fixed words in upper case. Every refusal is
  one sentence that names model and option. Both engines see the result.
-#}
{% macro ml_options() %}
    {%- set given = _ml_lower_keys((config.get('meta') or {}).get('ml', {})) -%}
    {%- set model_type = (given.get('model_type') or '') | upper -%}
    {%- set table = ml_option_table() -%}
    {%- if model_type not in table -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": option 'model_type' must be one of " ~ table.keys() | join(', ') ~ ", got '"
            ~ given.get('model_type', '') ~ "'."
        ) }}
    {%- endif -%}
    {%- set known = table[model_type] -%}
    {%- set options = {'model_type': model_type} -%}
    {#- sorted: dbt hands a config's meta over in another order from run to run -#}
    {%- for name, value in given | dictsort if name != 'model_type' -%}
        {%- if name == 'max_iterations' and model_type.startswith('RANDOM_FOREST') -%}
            {{ exceptions.raise_compiler_error(
                model.name ~ ": option 'max_iterations': Option(s) MAX_ITERATIONS are not supported for "
                ~ model_type ~ " model training; remove it."
            ) }}
        {%- elif name not in known -%}
            {{ exceptions.raise_compiler_error(
                model.name ~ ": option '" ~ name ~ "' is unknown for " ~ model_type
                ~ "; did you mean '" ~ _nearest_name(name, known.keys()) ~ "'?"
            ) }}
        {%- endif -%}
        {%- do options.update({name: _ml_option_value(name, value, known[name])}) -%}
    {%- endfor -%}
    {%- for name, rule in known.items()
        if rule.get('required') and name not in options or rule.get('clause') and options.get(name) == [] -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": option '" ~ name ~ "' must hold at least one expression."
        ) }}
    {%- endfor -%}
    {%- for name in options if known[name].get('only_with') -%}
        {%- for other, values in known[name].only_with.items()
            if options.get(other, known[other].default) not in values -%}
            {{ exceptions.raise_compiler_error(
                model.name ~ ": option '" ~ name ~ "' needs " ~ other ~ " = " ~ values | join(' or ')
                ~ "; set that, or remove '" ~ name ~ "'."
            ) }}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(options) }}
{% endmacro %}


{#- One value, checked for type, allowed words and range. -#}
{% macro _ml_option_value(name, value, rule) %}
    {%- set refused = namespace(why=none) -%}
    {%- set type = rule.type -%}
    {%- if type == 'STRING' -%}
        {%- if value is not string -%}
            {%- set refused.why = 'must be text' -%}
        {%- elif rule.get('allowed') and value | upper not in rule.allowed -%}
            {%- set refused.why = 'must be one of ' ~ rule.allowed | join(', ') -%}
        {%- endif -%}
    {%- elif type == 'BOOL' -%}
        {%- if value is not boolean -%} {%- set refused.why = 'must be true or false' -%} {%- endif -%}
    {%- elif type == 'INT64' -%}
        {%- if value is boolean or value is not integer -%} {%- set refused.why = 'must be a whole number' -%} {%- endif -%}
    {%- elif type == 'FLOAT64' -%}
        {%- if value is boolean or value is not number -%} {%- set refused.why = 'must be a number' -%} {%- endif -%}
    {%- elif type == 'ARRAY<STRING>' -%}
        {%- if value is string or value is not iterable -%} {%- set refused.why = 'must be a list of names' -%} {%- endif -%}
    {%- endif -%}
    {%- if refused.why is none -%}
        {%- for bound, wrong, words in [
            ('minimum', value is number and value < (rule.get('minimum') or 0), 'at least'),
            ('exclusive_minimum', value is number and value <= (rule.get('exclusive_minimum') or 0), 'above'),
            ('maximum', value is number and value > (rule.get('maximum') or 0), 'at most'),
            ('exclusive_maximum', value is number and value >= (rule.get('exclusive_maximum') or 0), 'below'),
        ] if bound in rule and wrong -%}
            {%- set refused.why = 'must be ' ~ words ~ ' ' ~ rule[bound] -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if refused.why is not none -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": option '" ~ name ~ "' " ~ refused.why ~ ", got " ~ tojson(value) ~ "."
        ) }}
    {%- endif -%}
    {{ return(value | upper if type == 'STRING' and rule.get('allowed') else value) }}
{% endmacro %}


{#-
  The training query's columns against the options that name columns, before anything runs.
  DuckDB only: BigQuery says as much itself.
-#}
{% macro _ml_check_query(options, query) %}
    {%- set columns = get_column_schema_from_query(query) | map(attribute='name') | list -%}
    {%- set lowered = columns | map('lower') | list -%}
    {%- set named = {
        'input_label_cols': _ml_label(options.model_type, options),
        'data_split_col': options.get('data_split_col'),
        'kmeans_init_col': options.get('kmeans_init_col'),
        'instance_weight_col': options.get('instance_weight_col'),
    } -%}
    {%- for option, name in named.items() if name is not none and name | lower not in lowered -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": option '" ~ option ~ "' names the column '" ~ name
            ~ "', which the training query does not return (it returns " ~ columns | join(', ') ~ ")."
        ) }}
    {%- endfor -%}
{% endmacro %}
