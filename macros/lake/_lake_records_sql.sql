{#- The query of lake_records, given the query of the rows as found and what _lake_plan says of them. -#}
{% macro _lake_records_sql(rows, plan) -%}
(
    with lake_rows as (
        {{ rows | indent(8) }}
    ),

    typed as (
        select
            {%- for item in plan.typed_columns %}
            {{ item }},
            {%- endfor %}
            ingested_date,
            lake_file,
            line_number,
            {{ plan.raw_record }},
            {{ plan.problem | indent(12) }} as problem
        from lake_rows
    ),

    checked as (
        select
            {{ plan.columns | indent(12) }},
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            case
                when problem is not null then problem
                {%- for name in plan.required %}
                when {{ adapter.quote(name) }} is null then 'column {{ name }} is missing or NULL'
                {%- endfor %}
                {%- for name in plan.required_texts %}
                when {{ adapter.quote(name) }} = '' then 'column {{ name }} is empty'
                {%- endfor %}
                when cast(ingested_at as date) != ingested_date
                    then 'ingested_at is not of the day of its folder'
                when cast(event_at as date) > {{ date_add_days('ingested_date', 1) }}
                    then 'event_at lies more than a day after the day the record arrived'
                when ingested_date > {{ date_add_days('cast(event_at as date)', plan.max_lateness_days) }}
                    then 'arrived more than {{ plan.max_lateness_days }} day(s) late (max_lateness_days of the source)'
                {%- for check in plan.checks %}
                when not coalesce({{ check.that }}, true) then {{ text_literal(check.else) }}
                {%- endfor %}
            end as problem
        from typed
        {%- if plan.as_of %}
        where
            ingested_date <= cast({{ text_literal(plan.as_of[:10]) }} as date)
            and coalesce(ingested_at <= {{ dbt.cast(text_literal(plan.as_of), dbt.type_timestamp()) }}, true)
        {%- endif %}
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by problem is null, {{ _quoted_list(plan.key) }}
                order by ingested_at desc, lake_file desc, {{ plan.tie_breaker }}, line_number desc
            ) as version_rank,
            max(ingested_at) over (
                partition by problem is null, {{ _quoted_list(plan.key) }}
            ) as latest_ingested_at
        from checked
    ),

    judged as (
        select
            {{ plan.columns | indent(12) }},
            ingested_date,
            lake_file,
            line_number,
            raw_record,
            problem is null and version_rank > 1 and ingested_at < latest_ingested_at as is_superseded,
            case
                when problem is not null then problem
                when version_rank > 1 then 'duplicate key ({{ plan.key | join(", ") }}): another record of the same moment was kept'
            end as reject_reason
        from ranked
    )

    select
        {{ plan.columns | indent(8) }},
        ingested_date,
        lake_file,
        line_number,
        reject_reason,
        case when reject_reason is not null then {{ plan.record_as_text }} end as raw_record
    from judged
    where not is_superseded
)
{%- endmacro %}
