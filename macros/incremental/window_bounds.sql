{#-
  The days that this run rebuilds, as {'start': 'YYYY-MM-DD' or none, 'end': ... or none}; `end` is
  exclusive and none means open. Every incremental model takes its window from here.

  Models that are not incremental have no window: they are rebuilt whole.

  asked for   `--event-time-start/--event-time-end`, or the vars window_start/window_end: [start, end)
  otherwise   a first build or --full-refresh takes everything; an incremental run starts at the
              newest day the table holds
  then        an incremental run looks back `lookback` days (dbt's own config key), because rows of
              those days may have arrived late, and ahead `meta.window.reach_days`, the days after a
              changed day whose rolling windows still see it
-#}
{% macro window_bounds() %}
    {%- if config.get('materialized') != 'incremental' -%}
        {{ return({'start': none, 'end': none}) }}
    {%- endif -%}
    {%- set asked = _asked_window() -%}
    {%- set start = asked.start -%}
    {%- set end = asked.end -%}
    {#- a unit test has no `this` -#}
    {%- if this and is_incremental() -%}
        {%- set window = (config.get('meta') or {}).get('window', {}) -%}
        {%- if start is none -%}
            {%- set start = _newest_day(config.require('event_time')) -%}
        {%- endif -%}
        {%- set start = _shift_day(start, -(config.get('lookback', 0) | int)) -%}
        {%- set end = _shift_day(end, window.get('reach_days', 0) | int) -%}
        {%- if window.get('grain') == 'month' and start is not none -%}
            {%- set start = start[:7] ~ '-01' -%}
        {%- endif -%}
        {%- if window.get('grain') == 'month' and end is not none -%}
            {%- set end = _shift_day(_shift_day(end, -1)[:7] ~ '-01', 32)[:7] ~ '-01' -%}
        {%- endif -%}
    {%- endif -%}
    {{ return({'start': start, 'end': end}) }}
{% endmacro %}


{#- What the user asked for: both bounds or none, as days. -#}
{% macro _asked_window() %}
    {%- set start = flags.EVENT_TIME_START or var('window_start', none) -%}
    {%- set end = flags.EVENT_TIME_END or var('window_end', none) -%}
    {%- if (start is none) != (end is none) -%}
        {{ exceptions.raise_compiler_error(
            "A window needs both ends: give window_start and window_end (or --event-time-start and"
            ~ " --event-time-end), got start=" ~ start ~ " and end=" ~ end ~ "."
        ) }}
    {%- endif -%}
    {%- if start is none -%}
        {{ return({'start': none, 'end': none}) }}
    {%- endif -%}
    {%- set start = (start | string)[:10] -%}
    {%- set end = (end | string)[:10] -%}
    {%- for day in [start, end] if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', day) -%}
        {{ exceptions.raise_compiler_error(
            "The window's bounds must be days written YYYY-MM-DD, got '" ~ day ~ "'."
        ) }}
    {%- endfor -%}
    {%- if start >= end -%}
        {{ exceptions.raise_compiler_error(
            "The window from " ~ start ~ " to " ~ end
            ~ " is empty: window_end is exclusive and must lie after window_start."
        ) }}
    {%- endif -%}
    {{ return({'start': start, 'end': end}) }}
{% endmacro %}


{% macro _newest_day(column) %}
    {%- if not execute -%} {{ return(none) }} {%- endif -%}
    {%- set newest = run_query(
        'select cast(max(' ~ column ~ ') as ' ~ dbt.type_string() ~ ') from ' ~ this
    ).columns[0].values()[0] -%}
    {{ return(newest[:10] if newest else none) }}
{% endmacro %}


{% macro _shift_day(day, days) %}
    {%- if day is none or days == 0 -%} {{ return(day) }} {%- endif -%}
    {%- set moved = modules.datetime.datetime.strptime(day, '%Y-%m-%d')
        + modules.datetime.timedelta(days=days) -%}
    {{ return(moved.strftime('%Y-%m-%d')) }}
{% endmacro %}
