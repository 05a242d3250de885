select * from {{ ml_describe_data('`demo`.`marts`.`flights`') }} as described
