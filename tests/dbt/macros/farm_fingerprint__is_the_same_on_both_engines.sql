{#- The fingerprints stand here as digits: whoever stores one relies on it for good. -#}
{%- set cases = [
    ("'a'", '-5528939962900187677'),
    ("'b'", '-6651148003232386794'),
    ("'c'", '-7016299626566550744'),
    ("'d'", '4470636696479570465'),
    ("'é'", '693143013273849025'),
    ("'🛫 Zürich–Genève 🛬'", '-3645001275480795368'),
    ("'The quick brown fox jumps over the lazy dog. The quick brown fox '", '8330986144681106620'),
    ('null', 'null'),
] -%}

with

cases as (

    {% for given_text, expected in cases -%}
    select
        cast({{ given_text }} as {{ dbt.type_string() }}) as given_text,
        cast({{ expected }} as {{ dbt.type_bigint() }}) as expected
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    select
        *,
        {{ farm_fingerprint('given_text') }} as actual
    from cases

)

select * from judged
where actual is distinct from expected
