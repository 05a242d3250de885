{#-
  The days that this run rebuilds, as {'start': 'YYYY-MM-DD' or none, 'end': ... or none}; `end` is
  exclusive and none means open. Every incremental model takes its window from here. Models that are
  not incremental have no window: they are rebuilt whole.

  asked for   `--event-time-start/--event-time-end`, or the vars window_start/window_end: [start, end)
  otherwise   a first build or --full-refresh takes everything; an incremental run starts at the
              newest day the table holds
  then        the window looks back `lookback` days (dbt's own config key), because records that
              arrived in it may be of those days, and ahead `meta.window.reach_days`, the days after
              a changed day whose rows still see it. With `meta.window.grain: month` it takes whole
              months.
-#}
{% macro window_bounds() %}
    {%- if config.get('materialized') != 'incremental' -%}
        {{ return({'start': none, 'end': none}) }}
    {%- endif -%}
    {%- set asked = _asked_window() -%}
    {%- if asked.start is not none and this and should_full_refresh() -%}
        {{ exceptions.raise_compiler_error(
            "Model " ~ model.name ~ ": --full-refresh with a window would keep that window only;"
            ~ " leave out one of the two."
        ) }}
    {%- endif -%}
    {#- a unit test has no `this` -#}
    {%- set goes_on = asked.start is none and this and is_incremental() -%}
    {{ return(_rebuilt_days(_newest_day(config.require('event_time')) if goes_on else asked.start, asked.end, config)) }}
{% endmacro %}


{#- The days that a run over [start, end) rebuilds of a model with this config. -#}
{% macro _rebuilt_days(start, end, config) %}
    {%- set window = (config.get('meta') or {}).get('window', {}) -%}
    {%- set start = _shift_day(start, -((config.get('lookback') or 0) | int)) -%}
    {%- set end = _shift_day(end, window.get('reach_days', 0) | int) -%}
    {%- if window.get('grain') == 'month' -%}
        {%- set start = none if start is none else start[:7] ~ '-01' -%}
        {%- set end = none if end is none else _shift_day(_shift_day(end, -1)[:7] ~ '-01', 32)[:7] ~ '-01' -%}
    {%- endif -%}
    {{ return({'start': start, 'end': end}) }}
{% endmacro %}


{#- What the user asked for: both bounds or none, as days. -#}
{% macro _asked_window() %}
    {%- set start = _asked_day('start', invocation_args_dict.get('event_time_start') or var('window_start', none)) -%}
    {%- set end = _asked_day('end', invocation_args_dict.get('event_time_end') or var('window_end', none)) -%}
    {%- if (start is none) != (end is none) -%}
        {{ exceptions.raise_compiler_error(
            "A window needs both ends: give window_start and window_end (or --event-time-start and"
            ~ " --event-time-end), got start=" ~ start ~ " and end=" ~ end ~ "."
        ) }}
    {%- endif -%}
    {%- if start is not none and start >= end -%}
        {{ exceptions.raise_compiler_error(
            "The window from " ~ start ~ " to " ~ end
            ~ " is empty: window_end is exclusive and must lie after window_start."
        ) }}
    {%- endif -%}
    {{ return({'start': start, 'end': end}) }}
{% endmacro %}


{#- One bound as YYYY-MM-DD; an hour other than midnight would be lost, and is refused. -#}
{% macro _asked_day(bound, moment) %}
    {%- if moment is none -%} {{ return(none) }} {%- endif -%}
    {%- set text = moment | string -%}
    {%- if not modules.re.match('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]00:00:00)?$', text) -%}
        {{ exceptions.raise_compiler_error(
            "The window's " ~ bound ~ " must be a day written YYYY-MM-DD, got '" ~ text ~ "'."
        ) }}
    {%- endif -%}
    {{ return(text[:10]) }}
{% endmacro %}


{% macro _newest_day(column) %}
    {%- if not execute -%} {{ return(none) }} {%- endif -%}
    {%- set sql -%}
select cast(max({{ column }}) as {{ dbt.type_string() }}) from {{ this }}
    {%- endset -%}
    {%- set newest = run_query(sql).columns[0].values()[0] -%}
    {{ return(newest[:10] if newest else none) }}
{% endmacro %}


{% macro _shift_day(day, days) %}
    {%- if day is none or days == 0 -%} {{ return(day) }} {%- endif -%}
    {{ return((modules.datetime.date.fromisoformat(day) + modules.datetime.timedelta(days=days)) | string) }}
{% endmacro %}
