{#-
  Whether what was served is what a training set would hold: each read in the feature server's request log is asked
  again of the feature view, as it was known at the moment of the read. One row per feature:

    view, version, feature, rows_count     reads that asked for the feature
    mismatch_rate     both have a value, and not the same; floats may differ by a billionth of their size
    missing_rate      the view has a value, and none was served
    extra_rate        a value was served, and the view has none
    smape             numbers: mean of 2 |served - known| / (|served| + |known|) where both are there and finite, 0 to 2

  log       a relation, the name of a CTE, or a query: requested_at TIMESTAMP, view, version, and keys and values
            as text that holds JSON objects
  view      a feature view; reads of other views and versions are left out
  features  those to compare; all of the view that are no ARRAY, STRUCT, JSON or BYTES if not given
-#}
{% macro serving_skew(log, view, version=none, features=none) %}
    {%- if not execute -%}
        {%- do ref(view, v=version) -%}
        {{ return('(select 1 as parsed)') }}
    {%- endif -%}
    {%- set known = _served_view(view, version, features) -%}
    {{- return(adapter.dispatch('serving_skew', 'azekura')(log, known, known.types)) -}}
{% endmacro %}

{% macro default__serving_skew(log, view, types) %}
    {{- _no_such_side('serving_skew') -}}
{% endmacro %}
