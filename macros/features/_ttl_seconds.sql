{#- '3 hours' as seconds; none where it is no such text. -#}
{% macro _ttl_seconds(text) %}
    {%- set units = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800} -%}
    {%- set found = modules.re.match('^([1-9][0-9]{0,8}) (second|minute|hour|day|week)s?$', (text or '') | string) -%}
    {{ return(found.group(1) | int * units[found.group(2)] if found else none) }}
{% endmacro %}
