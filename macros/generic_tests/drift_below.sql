{#-
  Passes when no feature of a drift table (feature_drift, or BigQuery's functions) has moved further than
  `warn_above` by one metric in the newest days; beyond `error_above` it is an error, in between a warning.
  Without error_above it never is more than a warning. The sign of a value does not matter.
-#}
{% test drift_below(model, metric, warn_above, error_above=none, features=none, day='predicted_date', last_days=7) %}
{%- if error_above is not none and error_above < warn_above -%}
    {{ exceptions.raise_compiler_error(
        "drift_below of " ~ metric ~ ": error_above (" ~ error_above ~ ") must not lie below warn_above (" ~ warn_above ~ ")."
    ) }}
{%- endif -%}
{%- if features is not none and execute and flags.WHICH in ['test', 'build'] -%}
    {%- do _drift_features_are_there(model, features) -%}
{%- endif -%}
{{ config(
    severity='warn' if error_above is none else 'error',
    warn_if='> 0',
    error_if='> 0' if error_above is none else '> 0 and coalesce(max(abs(value)) > ' ~ error_above ~ ', false)'
) }}
select *
from {{ model }}
where
    metric = {{ text_literal(metric) }}
    -- NaN is not below anything
    and not coalesce(abs(value) <= {{ warn_above }}, false)
    {%- if features is not none %}
    and feature in ({% for feature in features %}{{ text_literal(feature) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif %}
    {%- if day is not none %}
    and {{ day }} > (select {{ date_add_days('max(' ~ day ~ ')', -last_days) }} from {{ model }})
    {%- endif %}
{% endtest %}


{#- Refuses a feature that a drift table with rows never names: it would pass for ever. -#}
{% macro _drift_features_are_there(relation, features) %}
    {%- set there = run_query('select distinct feature from ' ~ relation ~ ' order by feature').columns[0].values() -%}
    {%- for feature in features if there and feature not in there -%}
        {{ exceptions.raise_compiler_error(
            "drift_below of " ~ relation.identifier ~ ": there is no feature '" ~ feature ~ "'; did you mean '"
            ~ _nearest_name(feature, there) ~ "'?"
        ) }}
    {%- endfor -%}
{% endmacro %}
