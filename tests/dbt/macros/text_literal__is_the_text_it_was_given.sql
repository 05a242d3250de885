-- quotes and backslashes come through: a length tells it without a second literal
with

cases as (

    select
        {{ text_literal("it's") }} as given,
        4 as expected
    union all
    select
        {{ text_literal("a\\b") }} as given,
        3 as expected
    union all
    select
        {{ text_literal("'") }} as given,
        1 as expected

)

select
    given,
    expected
from cases
where length(given) != expected
