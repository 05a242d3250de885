select airport_code from {{ as_of('`demo`.`azekura_snapshots`.`snap_airport`', "timestamp '2013-06-01'") }} as airport
