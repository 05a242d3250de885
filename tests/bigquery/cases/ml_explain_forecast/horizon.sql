select trend + seasonal_period_weekly as expected, residual from {{ bigquery__ml_explain_forecast('`demo`.`azekura_ml`.`ml_flight__series`', 14, none) }} as parts
