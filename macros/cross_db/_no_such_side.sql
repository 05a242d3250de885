{#- Raised by a default__ that is right for no engine: names the macro and the adapter, so that nobody has to guess. -#}
{% macro _no_such_side(macro_name) %}
    {{- exceptions.raise_compiler_error(
        "Macro " ~ macro_name ~ " is not written for the adapter '" ~ adapter.type()
        ~ "': Azekura runs on " ~ _engines() | join(' and ') ~ ". Add a " ~ adapter.type() ~ "__" ~ macro_name
        ~ " beside the others."
    ) -}}
{% endmacro %}
