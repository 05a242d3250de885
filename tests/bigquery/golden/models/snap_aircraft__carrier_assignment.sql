select * from `demo`.`azekura_warehouse`.`int_aircraft__carrier_assignment`
