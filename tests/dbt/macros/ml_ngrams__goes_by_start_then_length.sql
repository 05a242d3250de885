{#- (call, the elements it gives, none more) -#}
{%- set cases = [
    (
        ml_ngrams(dbt.array_construct(["'a'", "'b'", "'c'"]), [2, 3], '#'),
        ["'a#b'", "'a#b#c'", "'b#c'"],
    ),
    (ml_ngrams(dbt.array_construct(["'a'", "'b'"]), '[1, 2]', "' '"), ["'a'", "'a b'", "'b'"]),
    (ml_ngrams(dbt.array_construct(["'a'", "'b'"]), [1, 1]), ["'a'", "'b'"]),
    (ml_ngrams(dbt.array_construct(["'a'", "'b'"]), [3, 4]), []),
] -%}

with

arrays as (

    {% for call, expected in cases -%}
    select
        {{ loop.index }} as id,
        {{ call }} as given
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

),

judged as (

    {% for call, expected in cases -%}
    {%- set id = loop.index -%}
    {%- for element in expected + ['null'] -%}
    select
        {{ array_at('given', loop.index0) }} as actual,
        {{ element }} as expected
    from arrays
    where id = {{ id }}
    {{- '' if loop.last else ' union all ' }}
    {% endfor -%}
    {{- '' if loop.last else ' union all' }}
    {% endfor %}

)

select * from judged
where actual is distinct from expected
