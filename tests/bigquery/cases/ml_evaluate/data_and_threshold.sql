select * from {{ ml_evaluate('`demo`.`ml`.`late_arrival`', '`demo`.`marts`.`flights`', threshold=0.3) }} as evaluation
