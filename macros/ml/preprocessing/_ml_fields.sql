{#-
  The fields of a struct argument: a list of {name, expression}. Given as a mapping {name: expression}, a list
  of column names, or the text of BigQuery's struct(a, b + 1 as c).
-#}
{% macro _ml_fields(macro_name, features) %}
    {%- set fields = [] -%}
    {%- if features is mapping -%}
        {%- for name, expression in features.items() -%}
            {%- do fields.append({'name': name, 'expression': expression | string}) -%}
        {%- endfor -%}
    {%- elif features is string -%}
        {%- set struct = modules.re.fullmatch('(?is)struct *[(](.*)[)]', features.strip()) -%}
        {%- if not struct -%}
            {{ _ml_refuse(
                macro_name, 'struct_features', features,
                'give a mapping of names to expressions, a list of columns, or the text struct(a, b + 1 as c)'
            ) }}
        {%- endif -%}
        {%- for part in _ml_split(struct[1]) -%} {%- do fields.append(_ml_field(macro_name, part)) -%} {%- endfor -%}
    {%- else -%}
        {%- for part in features -%} {%- do fields.append(_ml_field(macro_name, part)) -%} {%- endfor -%}
    {%- endif -%}
    {%- if not 1 <= fields | length <= 10 -%}
        {{ _ml_refuse(macro_name, 'struct_features', fields | length ~ ' features', 'give 1 to 10') }}
    {%- endif -%}
    {{ return(fields) }}
{% endmacro %}


{#- One field as text: `a`, `t.a` or `a + 1 as b`. -#}
{% macro _ml_field(macro_name, text) %}
    {%- set identifier = '([A-Za-z_][A-Za-z0-9_]*|`[^`]+`|"[^"]+")' -%}
    {%- set named = modules.re.fullmatch('(?is)(.+)\\sas\\s+' ~ identifier, text) -%}
    {%- set column = modules.re.fullmatch('(?s)(?:' ~ identifier ~ '[.])*' ~ identifier, text) -%}
    {%- if named -%}
        {{ return({'name': named[2].strip('`"'), 'expression': named[1].strip()}) }}
    {%- elif column -%}
        {{ return({'name': column[2].strip('`"'), 'expression': text}) }}
    {%- endif -%}
    {{ _ml_refuse(macro_name, 'struct_features', text, 'name the expression with `as`') }}
{% endmacro %}


{#-
  The combinations of fields, one to `degree` at a time, in the order f1, f1_f1, f1_f2, f2: a list of lists of
  fields. Without `with_repetition` a field stands once in each.
-#}
{% macro _ml_combinations(fields, degree, with_repetition) %}
    {%- set found = [] -%}
    {%- set shorter = namespace(combinations=[[]]) -%}
    {%- for _ in range(degree) -%}
        {%- set longer = [] -%}
        {%- for combination in shorter.combinations -%}
            {%- set first = 0 if not combination else combination[-1] + (0 if with_repetition else 1) -%}
            {%- for number in range(first, fields | length) -%} {%- do longer.append(combination + [number]) -%} {%- endfor -%}
        {%- endfor -%}
        {%- do found.extend(longer) -%}
        {%- set shorter.combinations = longer -%}
    {%- endfor -%}
    {%- set combinations = [] -%}
    {%- for numbers in found | sort -%}
        {%- set combination = [] -%}
        {%- for number in numbers -%} {%- do combination.append(fields[number]) -%} {%- endfor -%}
        {%- do combinations.append(combination) -%}
    {%- endfor -%}
    {{ return(combinations) }}
{% endmacro %}


{#- The fields as BigQuery's struct(…). -#}
{% macro _bigquery_ml_struct(fields) -%}
    struct(
        {%- for field in fields -%}
            {{ field.expression }}{{ ' as ' ~ field.name if field.expression != field.name }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
