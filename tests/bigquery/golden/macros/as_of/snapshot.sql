select airport_code from (select * from `demo`.`azekura_snapshots`.`snap_airport` where dbt_valid_from <= timestamp '2013-06-01' and timestamp '2013-06-01' < dbt_valid_to) as airport
