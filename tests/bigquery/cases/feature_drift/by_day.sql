select * from {{ feature_drift(
    '`demo`.`marts`.`flights`',
    'select * from `demo`.`marts`.`flights` where is_evaluation',
    numbers=['distance_miles', 'wind_speed_mph'],
    categories=['carrier_code', 'departure_hour'],
    by='flight_date',
    model='`demo`.`azekura_ml`.`ml_late_arrival__model`',
    thresholds={'PSI': 0.1, 'carrier_code': {'PSI': 0.5}}
) }} as drift
