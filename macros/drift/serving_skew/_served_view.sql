{#-
  What feature_view says of the view that was served, and `types` of the features to compare, `key_types`, and
  `joined`: the view as feature_join takes a relation, with these features alone.
-#}
{% macro _served_view(view, version, features) %}
    {%- set known = feature_view(view, version) -%}
    {%- set node = graph.nodes.values() | selectattr('relation_name', 'equalto', known.relation) | first -%}
    {%- set key_types, types = {}, {} -%}
    {%- for key in known['keys'] -%} {%- do key_types.update({key: node.columns[key].data_type}) -%} {%- endfor -%}
    {%- for name, type in known.features.items()
        if (features is none or name in features) and not modules.re.match('(array|struct|json|bytes|blob)|.*\\[\\]$', type | lower) -%}
        {%- do types.update({name: type | lower}) -%}
    {%- endfor -%}
    {%- for name in features or [] if name not in types -%}
        {%- do _refuse('serving_skew', "feature view '" ~ view ~ "' has no feature '" ~ name ~ "' that can be compared; it has "
            ~ known.features | join(', ') ~ ".") -%}
    {%- endfor -%}
    {{ return(dict(known, key_types=key_types, types=types, joined={
        'relation': known.relation,
        'keys': known['keys'],
        'columns': types | list,
        'event_time': known.event_time,
        'known_time': known.known_time,
        'is_deleted': known.is_deleted,
        'ttl': known.ttl,
    })) }}
{% endmacro %}
