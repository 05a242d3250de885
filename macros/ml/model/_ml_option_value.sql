{#-
  One value of an option in its canonical form, checked for type, allowed words and range. A search space,
  {'hparam_range': [least, greatest]} or {'hparam_candidates': [value, ...]}, stands for a value that is tuned.
-#}
{% macro _ml_option_value(name, value, rule) %}
    {%- set form = value.keys() | first if value is mapping and value | length == 1 -%}
    {%- if form not in ['hparam_range', 'hparam_candidates'] -%} {{ return(_ml_option_checked(name, value, rule)) }} {%- endif -%}
    {%- set given = value[form] -%}
    {%- set is_list = given is sequence and given is not string and given is not mapping -%}
    {%- if not rule.get('tunable') -%}
        {%- do _ml_option_refused(name, 'cannot be tuned; give one value') -%}
    {%- elif not is_list or not given or (form == 'hparam_range' and given | length != 2) -%}
        {%- do _ml_option_refused(
            name, 'must have a least and a greatest value in HPARAM_RANGE, or at least one value in HPARAM_CANDIDATES'
        ) -%}
    {%- elif form == 'hparam_range' and (not _ml_fits(given, 'ARRAY<FLOAT64>') or given[0] >= given[1]) -%}
        {%- do _ml_option_refused(name, 'must search from a number to a greater one') -%}
    {%- endif -%}
    {%- set checked = [] -%}
    {%- for one in given -%} {%- do checked.append(_ml_option_checked(name, one, rule)) -%} {%- endfor -%}
    {{ return({form: checked}) }}
{% endmacro %}


{% macro _ml_option_checked(name, value, rule) %}
    {%- if not _ml_fits(value, rule.type) -%}
        {%- do _ml_option_refused(name, 'must be ' ~ (rule.get('words') or _ml_type_words(rule.type)) ~ ', not ' ~ tojson(value)) -%}
    {%- endif -%}
    {%- if rule.get('allowed') -%}
        {%- set words = [value | upper] if value is string else value | map('upper') | list -%}
        {%- for word in words if word not in rule.allowed -%}
            {%- do _ml_option_refused(name, "has no value '" ~ word ~ "'; choose one of " ~ rule.allowed | join(', ')) -%}
        {%- endfor -%}
        {{ return(words[0] if value is string else words) }}
    {%- endif -%}
    {%- for given in _ml_numbers_in(value) -%}
        {%- set number = given | float if 'FLOAT64' in rule.type else given -%}
        {%- for bound, words in {
            'minimum': 'at least', 'exclusive_minimum': 'greater than', 'maximum': 'at most', 'exclusive_maximum': 'less than',
        }.items() if bound in rule and not _ml_holds(number, bound, rule[bound]) -%}
            {%- do _ml_option_refused(
                name,
                'must be ' ~ rule.words ~ ', not ' ~ tojson(value) if rule.get('words')
                else 'must be ' ~ words ~ ' ' ~ rule[bound] ~ ', not ' ~ number
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(value) }}
{% endmacro %}


{% macro _ml_holds(number, bound, limit) %}
    {{ return({
        'minimum': number >= limit, 'exclusive_minimum': number > limit,
        'maximum': number <= limit, 'exclusive_maximum': number < limit,
    }[bound]) }}
{% endmacro %}


{#- Whether a value is of a type of the table of options, a STRUCT being a list of its fields. -#}
{% macro _ml_fits(value, type) %}
    {%- set is_list = value is sequence and value is not string and value is not mapping -%}
    {%- if ' | ' in type -%}
        {%- for one in type.split(' | ') if _ml_fits(value, one) -%} {{ return(true) }} {%- endfor -%}
        {{ return(false) }}
    {%- elif type.startswith('ARRAY<') -%}
        {%- set element = type[6:-1] -%}
        {%- if not is_list or (element.startswith('STRUCT') and not value) -%} {{ return(false) }} {%- endif -%}
        {%- for one in value if not _ml_fits(one, element) -%} {{ return(false) }} {%- endfor -%}
        {{ return(true) }}
    {%- elif type.startswith('STRUCT<') -%}
        {%- set fields = type[7:-1].split(', ') -%}
        {%- if not is_list or value | length != fields | length -%} {{ return(false) }} {%- endif -%}
        {%- for number in range(fields | length) if not _ml_fits(value[number], fields[number]) -%} {{ return(false) }} {%- endfor -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return({
        'STRING': value is string,
        'BOOL': value is boolean,
        'INT64': value is integer and value is not boolean and -(2 ** 63) <= value < 2 ** 63,
        'FLOAT64': value is number and value is not boolean and value | abs <= 1.7976931348623157e308,
    }[type]) }}
{% endmacro %}


{#- What a value of a type must be, in words. -#}
{% macro _ml_type_words(type) %}
    {%- if ' | ' in type -%}
        {%- set words = [] -%}
        {%- for one in type.split(' | ') -%} {%- do words.append(_ml_type_words(one)) -%} {%- endfor -%}
        {{ return(words | join(' or ')) }}
    {%- elif type.startswith('ARRAY<') -%}
        {%- set example = {'STRING': "['label']", 'INT64': '[64, 32]', 'FLOAT64': '[0.5, 0.25]'}.get(type[6:-1]) -%}
        {{ return('an array of ' ~ type[6:-1] ~ (', for example ' ~ example if example else '')) }}
    {%- elif type.startswith('STRUCT<') -%}
        {{ return('a STRUCT of ' ~ type[7:-1]) }}
    {%- endif -%}
    {{ return({
        'STRING': 'a STRING', 'BOOL': 'TRUE or FALSE', 'INT64': 'a whole number', 'FLOAT64': 'a finite number',
    }[type]) }}
{% endmacro %}


{#- The numbers in a value, however deep. -#}
{% macro _ml_numbers_in(value) %}
    {%- if value is number and value is not boolean -%} {{ return([value]) }} {%- endif -%}
    {%- set found = [] -%}
    {%- if value is sequence and value is not string -%}
        {%- for one in value -%} {%- do found.extend(_ml_numbers_in(one)) -%} {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
