select carrier_code from (select * from `demo`.`marts`.`flights` for system_time as of timestamp_sub(current_timestamp(), interval 1 day)) as flights
