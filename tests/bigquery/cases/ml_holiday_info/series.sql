select holiday_name, primary_date from {{ bigquery__ml_holiday_info('`demo`.`azekura_ml`.`ml_flight__series`') }} as holidays
