{#-
  The joins that a call needs, one per view; with fill, one per feature, of the rows where it is not NULL, and one more
  that says the status. Each is a dict:

    relation, alias         what is joined, and its name in the query
    pairs                   {column of the labels: key}
    event_time, known_time  columns; `is_deleted` another or none, ttl_seconds a number or none
    as_of, strict, status   as they were given
    moment                  the time that a label's moment is compared with
    order                   what tells rows of one moment apart, the greatest first; has_equals: whether there are any
    required                columns that are not NULL in a state
    fields                  columns that the query asks a state for; `read`, these and what finds it
    give                    {feature: name that it is given}
    status_of               (part, feature) of the whole view, for the part that says its status, else none of them
    as                      what the view is called
-#}
{% macro _feature_join_plan(views, settings) %}
    {%- set parts = [] -%}
    {%- for view in views -%}
        {%- set state = _feature_join_state(view, settings) -%}
        {%- set gives = [(view['columns'], [])] -%}
        {%- if settings.fill -%}
            {%- set gives = [] -%}
            {%- for column, name in view['columns'].items() -%} {%- do gives.append(({column: name}, [column])) -%} {%- endfor -%}
            {%- if settings.status -%} {%- do gives.append(({}, [])) -%} {%- endif -%}
        {%- endif -%}
        {%- set features = [] -%}
        {%- for give, filled in gives -%}
            {%- set part = dict(
                state, give=give, required=state.required + filled, alias='view_' ~ (parts | length + 1),
                status_of=features if settings.status and loop.last else [],
            ) -%}
            {%- do parts.append(part) -%}
            {%- for column in give -%} {%- do features.append((part, column)) -%} {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts) }}
{% endmacro %}


{#- What the parts of one view have in common: what its YAML says, or what the call says of a relation. -#}
{% macro _feature_join_state(view, settings) %}
    {%- set known = feature_view(view['view'], view.get('version')) if view.get('view') else {
        'keys': _name_pairs(view['keys']).values() | list, 'features': dict.fromkeys(view['columns'], ''), 'unique_by': none,
        'event_time': view.get('event_time', 'event_at'), 'known_time': view.get('known_time', 'known_at'),
        'is_deleted': view.get('is_deleted'), 'ttl_seconds': _ttl_seconds(view.get('ttl')),
    } -%}
    {%- set pairs = _name_pairs(view.get('keys') or known['keys']) -%}
    {%- for column in view['columns'] if column not in known.features -%}
        {%- do _refuse('feature_join', "feature view '" ~ view['view'] ~ "' has no feature '" ~ column ~ "'; did you mean '" ~ _nearest_name(column, known.features) ~ "'?") -%}
    {%- endfor -%}
    {%- if pairs.values() | sort != known['keys'] | sort -%}
        {%- do _refuse('feature_join', "view '" ~ view['as'] ~ "' has the keys " ~ known['keys'] | join(', ') ~ "; 'keys' names " ~ pairs.values() | join(', ') ~ ".") -%}
    {%- endif -%}
    {%- if settings.fill and known.is_deleted -%}
        {%- do _refuse('feature_join', "fill: a value of view '" ~ view['as'] ~ "' would outlive the row that deletes it ('" ~ known.is_deleted ~ "'); leave out fill.") -%}
    {%- endif -%}
    {%- set by_known = settings.as_of == 'known' -%}
    {%- set keys, times = pairs.values() | list, [known.event_time, known.known_time] -%}
    {%- set moment, other = times | reverse if by_known else times -%}
    {%- set fields = ([known.event_time, known.is_deleted] + view['columns'] | list) | reject('none') | unique(true) | list -%}
    {{ return({
        'relation': view.relation, 'as': view['as'], 'pairs': pairs, 'as_of': settings.as_of, 'strict': settings.strict, 'status': settings.status,
        'event_time': known.event_time, 'known_time': known.known_time, 'moment': moment,
        'is_deleted': known.is_deleted, 'ttl_seconds': known.ttl_seconds,
        'order': [other] + _state_order(known.features, known.is_deleted),
        'unique_by': known.unique_by, 'has_equals': not known.unique_by if by_known else known.unique_by != 'event',
        'required': [known.event_time] + ([known.known_time] if by_known else []) + keys,
        'fields': fields, 'read': (keys + times + fields) | unique(true) | list,
    }) }}
{% endmacro %}


{#-
  What tells states of one moment apart, the greatest first, so that the answer is the same every time: all features
  that have an order. Of rows alike in these the one that deletes is the greater; so it is online.
-#}
{% macro _state_order(features, is_deleted) %}
    {%- set order = [] -%}
    {%- for column, type in features.items() if not modules.re.match('(array|struct|json|geography)|.*\\[\\]$', type | lower) -%}
        {#- NaN is the greatest; BigQuery, where it is no number's equal, would have it least -#}
        {%- if type | lower in ['float64', 'double', 'float'] -%} {%- do order.append('case when ' ~ column ~ ' != ' ~ column ~ ' then 1 else 0 end') -%} {%- endif -%}
        {%- do order.append(column) -%}
    {%- endfor -%}
    {{ return(order + (['coalesce(' ~ is_deleted ~ ', false)'] if is_deleted else [])) }}
{% endmacro %}
