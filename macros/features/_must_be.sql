{#- What an option of this kind must be, as the end of a sentence; none if the value is that, or is not given. -#}
{% macro _must_be(kind, value) %}
    {%- set names = value | list if kind in ['names', 'renamed'] and value is iterable and value is not string else none -%}
    {%- set is_right, what = {
        'any': (true, ''),
        'text': (value is string, 'text'),
        'switch': (value is boolean, 'true or false'),
        'names': (names is not none and value is not mapping and not names | reject('string') | list, 'a list of names'),
        'renamed': (names is not none and not names | reject('string') | list, 'a list of names, or a mapping of names to others'),
        'duration': (_ttl_seconds(value) is not none, "a whole number and a unit, like '3 hours' (seconds, minutes, hours, days, weeks)"),
    }[kind] -%}
    {{ return(none if is_right or value is none else what) }}
{% endmacro %}
