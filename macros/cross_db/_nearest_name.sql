{#- The known name that shares most letter pairs with a mistyped one (Dice's coefficient). -#}
{% macro _nearest_name(name, candidates) %}
    {%- set best = namespace(name=none, score=-1) -%}
    {%- set pairs = _letter_pairs(name) -%}
    {%- for candidate in candidates -%}
        {%- set other = _letter_pairs(candidate) -%}
        {%- set shared = pairs | select('in', other) | list | length -%}
        {%- set score = 2 * shared / (pairs | length + other | length) -%}
        {%- if score > best.score -%}
            {%- set best.name = candidate -%}
            {%- set best.score = score -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{% endmacro %}


{% macro _letter_pairs(word) %}
    {%- set padded = '^' ~ word | lower ~ '$' -%}
    {%- set pairs = [] -%}
    {%- for position in range(padded | length - 1) -%}
        {%- do pairs.append(padded[position:position + 2]) -%}
    {%- endfor -%}
    {{ return(pairs) }}
{% endmacro %}
