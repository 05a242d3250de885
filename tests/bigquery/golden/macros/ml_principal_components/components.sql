select * from ml.principal_components(
    model `demo`.`azekura_ml`.`ml_flight__components`
) as components
