select carrier_code from {{ _table_as_of('`demo`.`marts`.`flights`', "timestamp_sub(current_timestamp(), interval 1 day)") }} as flights
