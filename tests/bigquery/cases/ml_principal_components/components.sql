select * from {{ bigquery__ml_principal_components('`demo`.`azekura_ml`.`ml_flight__components`') }} as components
