select holiday_name, primary_date from ml.holiday_info(
    model `demo`.`azekura_ml`.`ml_flight__series`
) as holidays
