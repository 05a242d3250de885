{#-
  A training set: joins feature views to labels, point in time. For every label row and view it takes the
  state that the view had at the label's moment, as it was known then. One label row in, one row out;
  nothing that became known later can be seen (docs/feature_store.md says what is seen, and when not).

  labels   a relation, the name of a CTE, or a query
  at       the labels' timestamp column: the moment of prediction
  views    a list of {view: name of a feature view, version: none for the latest, columns: list or {column: name
           it is given}, keys: where the labels call the keys otherwise, {label column: key} or a list,
           as: what the join calls the view, its name if not said}.
           What is no feature view is joined by {relation: …, keys: …, columns: …} and, where they
           differ from event_at, known_at and none, event_time, known_time, is_deleted, ttl.
  service  writes the join into the manifest as the feature service of this name
  as_of    'known': of the rows known by then, the one that happened last. 'event': the one that happened
           last, whenever it became known
  strict   a row of the very moment is not seen
  fill     'last_non_null': every feature by itself takes its last value that is not NULL
  status   adds <view>__status: PRESENT, NULL, NOT_FOUND or OUTSIDE_TTL
-#}
{% macro feature_join(labels, at, views, service=none, as_of='known', strict=false, fill=none, status=false) %}
    {%- set settings = {'as_of': as_of, 'strict': strict, 'fill': fill, 'status': status} -%}
    {%- set views = _feature_join_arguments(views, settings) -%}
    {%- if service is not none -%} {%- do _record_feature_service(service, at, views, settings) -%} {%- endif -%}
    {%- if not execute -%} {{ return('(select 1 as parsed)') }} {%- endif -%}
    {{- return(adapter.dispatch('feature_join', 'azekura')(labels, at, _feature_join_plan(views, settings))) -}}
{% endmacro %}

{% macro default__feature_join(labels, at, parts) %}
    {{- _no_such_side('feature_join') -}}
{% endmacro %}
