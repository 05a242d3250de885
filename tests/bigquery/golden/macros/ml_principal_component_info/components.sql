select * from ml.principal_component_info(
    model `demo`.`azekura_ml`.`ml_flight__components`
) as components
