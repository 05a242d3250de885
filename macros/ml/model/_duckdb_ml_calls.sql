{#-
  A TRANSFORM item in BigQuery's words as DuckDB expressions: each call `ml.f(a, b) over ()` becomes what
  the macro ml_f('a', 'b') returns. The rest of the text, quoted text above all, stays as it is.

  One pass over the tokens. `calls` is the stack of calls not yet closed, the item itself at the bottom;
  each holds its macro, its arguments so far, and how many brackets are open inside it.
-#}
{% macro _duckdb_ml_calls(item) %}
    {%- set tokens = modules.re.findall(
        "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\\bml\\s*\\.\\s*\\w+\\s*\\(|\\bover\\s*\\(\\s*\\)|\\w+|\\s+|.",
        item, modules.re.IGNORECASE
    ) -%}
    {%- set calls = [{'macro': none, 'arguments': [[]], 'open': []}] -%}
    {%- set last = namespace(is_call=false) -%}
    {%- for token in tokens -%}
        {%- set call = calls[-1] -%}
        {%- if modules.re.match('ml\\s*\\.', token, modules.re.IGNORECASE) -%}
            {%- do calls.append({'macro': _duckdb_ml_macro(token, item), 'arguments': [[]], 'open': []}) -%}
            {%- set last.is_call = false -%}
        {%- elif call.macro and token == ')' and not call.open -%}
            {%- set arguments = [] -%}
            {%- for argument in call.arguments if call.arguments | length > 1 or argument | join | trim -%}
                {%- do arguments.append(argument | join | trim) -%}
            {%- endfor -%}
            {%- do calls.pop() -%}
            {%- do calls[-1].arguments[-1].append(call.macro(*arguments) | string | trim) -%}
            {%- set last.is_call = true -%}
        {%- elif call.macro and token == ',' and not call.open -%}
            {%- do call.arguments.append([]) -%}
        {%- elif last.is_call and modules.re.match('over\\s*\\(', token, modules.re.IGNORECASE) -%}
            {#- the statistics in the macro's text have their own windows -#}
            {%- set last.is_call = false -%}
        {%- else -%}
            {%- if token in '([{' -%} {%- do call.open.append(token) -%}
            {%- elif token in ')]}' and call.open -%} {%- do call.open.pop() -%}
            {%- endif -%}
            {%- do call.arguments[-1].append(token) -%}
            {%- set last.is_call = last.is_call and not token.strip() -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if calls | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": transform item '" ~ item ~ "' has a call without its closing bracket; add ')'."
        ) }}
    {%- endif -%}
    {{ return(calls[0].arguments[0] | join) }}
{% endmacro %}


{#- The macro of a call such as `ml.standard_scaler(`. -#}
{% macro _duckdb_ml_macro(call, item) %}
    {%- set name = modules.re.sub('\\s|\\(', '', call).split('.')[1] | lower -%}
    {%- if 'ml_' ~ name not in context -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ": transform item '" ~ item ~ "' calls ML." ~ name | upper
            ~ ", which is not written for DuckDB; use another function."
        ) }}
    {%- endif -%}
    {{ return(context['ml_' ~ name]) }}
{% endmacro %}
