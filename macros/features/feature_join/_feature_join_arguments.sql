{#-
  The views as they were given to feature_join, with `relation`, `columns` as {column: name it is given} and `as`.
  Refuses, while dbt reads the project, what is wrong with a call; what only dbt's graph knows, the plan refuses.
-#}
{% macro _feature_join_arguments(views, settings) %}
    {%- set allowed = {'as_of': ['known', 'event'], 'strict': [true, false], 'fill': [none, 'last_non_null'], 'status': [true, false]} -%}
    {%- for name, value in settings.items() if value not in allowed[name] -%}
        {%- do _refuse('feature_join', "'" ~ name ~ "' must be " ~ allowed[name] | join(' or ') ~ ", got '" ~ value ~ "'.") -%}
    {%- endfor -%}
    {%- if views is string or views is mapping or not views -%}
        {%- do _refuse('feature_join', "'views' must be a list of at least one view.") -%}
    {%- endif -%}
    {%- set found, names, columns = [], [], [] -%}
    {%- for given in views -%}
        {%- set view = _feature_join_view(given, 'view number ' ~ loop.index, 'view_' ~ loop.index) -%}
        {%- for column in view['columns'].values() if column in columns -%}
            {%- do _refuse('feature_join', "two views give a column '" ~ column ~ "'; name one otherwise: columns: {" ~ column ~ ": another}.") -%}
        {%- endfor -%}
        {%- if view['as'] in names -%}
            {%- do _refuse('feature_join', "view '" ~ view['as'] ~ "' is joined twice; tell the two apart by 'as'.") -%}
        {%- endif -%}
        {%- do columns.extend(view['columns'].values()) -%}
        {%- do names.append(view['as']) -%}
        {%- do found.append(view) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- One of them. `number` is what a sentence calls it, `name` what the join calls it if nothing better is known. -#}
{% macro _feature_join_view(given, number, name) %}
    {%- set kind = 'relation' if given.get('relation') else 'view' -%}
    {%- set kinds = {
        'view': {'view': 'text', 'version': 'any', 'keys': 'renamed', 'columns': 'renamed', 'as': 'text'},
        'relation': {
            'relation': 'any', 'keys': 'renamed', 'columns': 'renamed', 'as': 'text',
            'event_time': 'text', 'known_time': 'text', 'is_deleted': 'text', 'ttl': 'duration',
        },
    }[kind] -%}
    {%- set needed = {'view': ['view', 'columns'], 'relation': ['keys', 'columns']}[kind] -%}
    {%- for option in needed if not given.get(option) -%}
        {%- do _refuse('feature_join', number ~ " lacks '" ~ option ~ "'; a " ~ kind ~ " needs " ~ needed | join(' and ') ~ ".") -%}
    {%- endfor -%}
    {%- for option in given if option not in kinds -%}
        {%- do _refuse('feature_join', "option '" ~ option ~ "' of " ~ number ~ " is unknown; it has " ~ kinds | join(', ') ~ ".") -%}
    {%- endfor -%}
    {%- for option, value in given.items() if _must_be(kinds[option], value) -%}
        {%- do _refuse('feature_join', "'" ~ option ~ "' of " ~ number ~ " must be " ~ _must_be(kinds[option], value) ~ ", got '" ~ value ~ "'.") -%}
    {%- endfor -%}
    {{ return(dict(
        given,
        relation=given.get('relation') or ref(given['view'], v=given.get('version')),
        columns=_name_pairs(given['columns']),
        as=given.get('as') or given.get('view') or name,
    )) }}
{% endmacro %}
