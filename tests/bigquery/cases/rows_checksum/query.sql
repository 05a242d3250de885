select rows_count, checksum from {{ rows_checksum("select carrier_code, distance_miles from `demo`.`marts`.`flights`") }} as training_rows
