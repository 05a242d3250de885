{#-
  A setting of a preprocessing function as the value it says. It is a Jinja value (5, [1, 2], true, none) or
  SQL text of a literal, such as a TRANSFORM clause holds: "5", "[1, 2]", "true", "'bucket_names'",
  "cast('+inf' as float64)". None gives the default. Text that is no literal comes back as it is, and so does
  a word without quotes.
-#}
{% macro _ml_setting(value, default=none) %}
    {%- if value is none -%} {{ return(default) }} {%- endif -%}
    {%- if value is not string -%} {{ return(value) }} {%- endif -%}
    {%- set text = value.strip() -%}
    {%- set infinity = modules.re.fullmatch(
        "(?i)cast *[(] *['\"]([+-]?inf(?:inity)?)['\"] +as +(?:float64|double) *[)]", text
    ) -%}
    {%- if text | lower == 'null' -%}
        {{ return(default) }}
    {%- elif text | lower in ['true', 'false'] -%}
        {{ return(text | lower == 'true') }}
    {%- elif modules.re.fullmatch('[+-]?[0-9]+', text) -%}
        {{ return(text | int) }}
    {%- elif modules.re.fullmatch('[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?', text) -%}
        {{ return(text | float) }}
    {%- elif infinity -%}
        {{ return(infinity[1] | float) }}
    {%- elif text | length > 1 and text[0] == text[-1] and text[0] in "'\"" -%}
        {{ return(_ml_unquoted(text)) }}
    {%- elif text[:1] == '[' and text[-1:] == ']' -%}
        {%- set elements = [] -%}
        {%- for element in _ml_split(text[1:-1]) -%} {%- do elements.append(_ml_setting(element)) -%} {%- endfor -%}
        {{ return(elements) }}
    {%- endif -%}
    {{ return(value) }}
{% endmacro %}


{#- The text that an SQL literal in quotes says; BigQuery's escapes and DuckDB's doubled quotes are both read. -#}
{% macro _ml_unquoted(literal) %}
    {%- set quote = literal[0] -%}
    {%- set escapes = {'\\n': '\n', '\\t': '\t', '\\r': '\r', quote * 2: quote} -%}
    {%- set text = namespace(said='') -%}
    {%- for piece in modules.re.findall('(?s)\\\\.|' ~ quote * 2 ~ '|.', literal[1:-1]) -%}
        {%- set text.said = text.said ~ escapes.get(piece, piece[-1]) -%}
    {%- endfor -%}
    {{ return(text.said) }}
{% endmacro %}


{#- SQL text cut at its commas, those inside brackets and quotes excepted. -#}
{% macro _ml_split(text) %}
    {%- set found = namespace(parts=[], part='', depth=0) -%}
    {%- for piece in modules.re.findall("(?s)'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|.", text) -%}
        {%- if piece == ',' and found.depth == 0 -%}
            {%- do found.parts.append(found.part.strip()) -%}
            {%- set found.part = '' -%}
        {%- else -%}
            {%- set found.part = found.part ~ piece -%}
            {%- set found.depth = found.depth + (piece in '([{') - (piece in ')]}') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if found.part.strip() -%} {%- do found.parts.append(found.part.strip()) -%} {%- endif -%}
    {{ return(found.parts) }}
{% endmacro %}


{#- A setting that takes one of a few words, in any case; it comes back as the list spells it. -#}
{% macro _ml_word(macro_name, argument, value, words) %}
    {%- set said = _ml_setting(value, words[0]) -%}
    {%- for word in words if said is string and said | lower == word | lower -%} {{ return(word) }} {%- endfor -%}
    {{ _ml_refuse(macro_name, argument, value, "give one of '" ~ words | join("', '") ~ "'") }}
{% endmacro %}


{#- A setting that takes a whole number, of at least `low` and at most `high`. -#}
{% macro _ml_whole_number(macro_name, argument, value, low, high=none, default=none) %}
    {%- set said = _ml_setting(value, default) -%}
    {%- if said is integer and said is not boolean and said >= low and (high is none or said <= high) -%}
        {{ return(said) }}
    {%- endif -%}
    {{ _ml_refuse(
        macro_name, argument, value, "give a whole number of " ~ (low ~ " or more" if high is none else low ~ " to " ~ high)
    ) }}
{% endmacro %}


{#- A setting that takes true or false. -#}
{% macro _ml_flag(macro_name, argument, value, default) %}
    {%- set said = _ml_setting(value, default) -%}
    {%- if said is not boolean -%} {{ _ml_refuse(macro_name, argument, value, 'give true or false') }} {%- endif -%}
    {{ return(said) }}
{% endmacro %}


{#- The degree of a norm: 0, a number of 1 or more, or infinity. -#}
{% macro _ml_norm_degree(macro_name, argument, value, default=none) %}
    {%- set said = _ml_setting(value, default) -%}
    {%- if said is number and said is not boolean and (said == 0 or said >= 1) -%} {{ return(said) }} {%- endif -%}
    {{ _ml_refuse(macro_name, argument, value, "give 0, a number of 1 or more, or cast('+inf' as float64)") }}
{% endmacro %}


{#- Whether a value is a list of numbers, each greater than the one before. -#}
{% macro _ml_is_ascending(numbers) %}
    {%- if numbers is string or numbers is mapping or numbers is not sequence -%} {{ return(false) }} {%- endif -%}
    {%- for number in numbers -%}
        {%- if number is not number or number is boolean or not loop.first and number <= loop.previtem -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(true) }}
{% endmacro %}


{#- top_k and frequency_threshold of an encoder, judged. -#}
{% macro _ml_vocabulary_settings(macro_name, top_k, frequency_threshold) %}
    {{ return({
        'top_k': _ml_whole_number(macro_name, 'top_k', top_k, 1, 999999, default=32000),
        'frequency_threshold': _ml_whole_number(macro_name, 'frequency_threshold', frequency_threshold, 0, default=5),
    }) }}
{% endmacro %}


{#- The one sentence in which a wrong setting is refused. -#}
{% macro _ml_refuse(macro_name, argument, value, advice) %}
    {{- exceptions.raise_compiler_error(
        macro_name ~ ": " ~ argument ~ " is " ~ (value if value is not sequence or value is string else tojson(value))
        ~ "; " ~ advice ~ "."
    ) -}}
{% endmacro %}


{#- An SQL expression that an operator may follow: in brackets, unless it is a name. -#}
{% macro _ml_operand(expression) -%}
    {{ expression if modules.re.fullmatch('[A-Za-z0-9_."`]+', expression | string) else '(' ~ expression ~ ')' }}
{%- endmacro %}
