select * from `demo`.`azekura_warehouse`.`dim_airport`
