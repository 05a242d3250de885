select * from {{ _trained_facts('`demo`.`azekura_ml`.`ml_flight__trees`') }} as facts
