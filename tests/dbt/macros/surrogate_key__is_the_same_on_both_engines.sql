{#- The keys stand here as digits: a change of the macro that changes them changes every stored key. -#}
{%- set cases = [
    ("'1'", '11', '2012-02-29', 'fe26da81c6be2d18d2ee5d7b36cb4bb1'),
    ("'11'", '1', '2012-02-29', 'da9c86c09e17c0a16257fdce671e1bdc'),
    ('null', '-7', '1969-12-31', '066c8986ef473b9f9688124aad36944d'),
    ("'é'", '0', '2013-01-01', 'd03c4295c649dd121d7d28b5765af207'),
] -%}

with

cases as (

    {% for word, number, day, expected in cases -%}
    select
        cast({{ word }} as {{ dbt.type_string() }}) as word,
        cast({{ number }} as {{ dbt.type_bigint() }}) as whole_number,
        cast('{{ day }}' as date) as given_date,
        '{{ expected }}' as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ surrogate_key(['word', 'whole_number', 'given_date']) }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
