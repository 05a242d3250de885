select * from {{ ml_validate_data_drift('`demo`.`marts`.`base`', '`demo`.`marts`.`study`') }} as drift
