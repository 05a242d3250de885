{#-
  The options of the model being built (meta.ml), checked against the one table of options
  (ml_option_table) and normalized: names in lower case, fixed words in upper case. Every refusal is
  one sentence that names model and option. Both engines see the result.
-#}
{% macro ml_options() %}
    {%- set written = (config.get('meta') or {}).get('ml', {}) -%}
    {%- set given = _ml_lower_keys(written) -%}
    {%- for name in given if written.keys() | map('lower') | select('equalto', name) | list | length > 1 -%}
        {%- do _ml_option_refused(name, 'is given twice; keep one of the two') -%}
    {%- endfor -%}
    {%- set model_type = _ml_type_named(given.get('model_type')) -%}
    {%- set table = ml_option_table() -%}
    {%- if model_type not in table -%}
        {%- do _ml_option_refused('model_type', "must be one of " ~ table.keys() | join(', ') ~ ", not '" ~ given.get('model_type', '') ~ "'") -%}
    {%- endif -%}
    {%- set known = table[model_type] -%}
    {%- set given = _ml_new_names(given, known) -%}
    {%- set refused = ml_model_type_table()[model_type].refused -%}
    {%- set options = {'model_type': model_type} -%}
    {#- sorted: dbt hands a config's meta over in another order from run to run -#}
    {%- for name, value in given | dictsort if name != 'model_type' -%}
        {%- if name in refused -%}
            {{ exceptions.raise_compiler_error(model.name ~ ": option '" ~ name ~ "': " ~ refused[name] ~ ".") }}
        {%- elif name not in known -%}
            {%- set owners = [] -%}
            {%- for owner, options in table.items() if name in options -%} {%- do owners.append(owner) -%} {%- endfor -%}
            {%- if owners -%}
                {%- do _ml_option_refused(name, 'is for ' ~ owners | join(', ') ~ ', not ' ~ model_type ~ '; remove it') -%}
            {%- endif -%}
            {%- do _ml_option_refused(
                name, "is unknown for " ~ model_type ~ "; did you mean '" ~ _nearest_name(name, known.keys()) ~ "'?", end=''
            ) -%}
        {%- endif -%}
        {%- do options.update({name: _ml_option_value(name, value, known[name])}) -%}
    {%- endfor -%}
    {%- for name, rule in known.items() if rule.get('required') and name not in options -%}
        {%- do _ml_option_refused(name, 'is required by ' ~ model_type ~ '; set it') -%}
    {%- endfor -%}
    {%- for name, rule in known.items() if rule.get('clause') and options.get(name) == [] -%}
        {%- do _ml_option_refused(name, 'is an empty list; give at least one expression') -%}
    {%- endfor -%}
    {%- for name in options if known[name].get('only_with') -%}
        {%- for other, values in known[name].only_with.items()
            if options.get(other, known[other].default) not in values -%}
            {%- do _ml_option_refused(
                name,
                "is only valid with " ~ other ~ " = " ~ values | map('string') | map('upper') | join(' or ') ~ "; remove it or change '" ~ other ~ "'"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(options) }}
{% endmacro %}


{#- The options by the names that they have now. -#}
{% macro _ml_new_names(given, known) %}
    {%- set renamed = dict(given) -%}
    {%- for name, rule in known.items() if rule.get('old_name') in given -%}
        {%- if name in given -%}
            {%- do _ml_option_refused(rule.old_name, "is the old name of '" ~ name ~ "'; keep one of the two") -%}
        {%- endif -%}
        {%- do renamed.update({name: renamed.pop(rule.old_name)}) -%}
    {%- endfor -%}
    {{ return(renamed) }}
{% endmacro %}


{#-
  The training query's columns against the options that name columns, before anything runs.
  DuckDB only: BigQuery says as much itself.
-#}
{% macro _ml_check_query(options, query) %}
    {%- set is_taken = ml_model_type_table()[options.model_type].query != 'none' -%}
    {%- if is_taken != (query | trim != '') -%}
        {%- do _ml_option_refused('model_type', options.model_type ~ (
            ' trains on a query; write a select below the config' if is_taken
            else ' takes no query; leave nothing but the config in the file'
        )) -%}
    {%- elif not is_taken -%} {{ return('') }}
    {%- endif -%}
    {%- set columns = get_column_schema_from_query(query) | map(attribute='name') | list -%}
    {%- set lowered = columns | map('lower') | list -%}
    {%- for option in ml_model_type_table()[options.model_type].roles -%}
        {%- set named = options.get(option, ml_option_table()[options.model_type][option].default) or [] -%}
        {%- for name in ([named] if named is string else named) if name | lower not in lowered -%}
            {%- do _ml_option_refused(
                option, "names the column '" ~ name ~ "', which the training query does not return (it returns "
                ~ columns | join(', ') ~ ")"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
