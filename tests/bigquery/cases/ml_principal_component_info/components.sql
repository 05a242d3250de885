select * from {{ bigquery__ml_principal_component_info('`demo`.`azekura_ml`.`ml_flight__components`') }} as components
