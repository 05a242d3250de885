with

declared as (

    select * from (
    select *
    from unnest(array<struct<view_name string, view_version int64, is_latest bool, feature_name string, data_type string, description string, view_description string, entity string, keys string, event_time string, known_time string, ttl string, ttl_seconds int64, is_online bool, owner string, tags string, deprecated_at timestamp, services string, models string, relation_name string>>[
        struct('feat_airport__traffic', 1, true, 'departures_count_1h', 'INT64', 'Departures reported in the hour.', 'One row per airport of departure and hour in which records of flights arrived: what the airport has just been like.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__traffic`'),
        struct('feat_airport__traffic', 1, true, 'departures_count_3h', 'INT64', 'Departures reported in the last three hours.', 'One row per airport of departure and hour in which records of flights arrived: what the airport has just been like.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__traffic`'),
        struct('feat_airport__traffic', 1, true, 'cancelled_count_3h', 'INT64', 'Cancellations reported in the last three hours.', 'One row per airport of departure and hour in which records of flights arrived: what the airport has just been like.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__traffic`'),
        struct('feat_airport__traffic', 1, true, 'late_departure_rate_3h', 'FLOAT64', 'Share of them more than 15 minutes late; NULL without departures.', 'One row per airport of departure and hour in which records of flights arrived: what the airport has just been like.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__traffic`'),
        struct('feat_airport__traffic', 1, true, 'departure_delay_minutes_mean_3h', 'FLOAT64', 'Their mean departure delay; NULL without departures.', 'One row per airport of departure and hour in which records of flights arrived: what the airport has just been like.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__traffic`'),
        struct('feat_airport__weather', 1, true, 'temperature_fahrenheit', 'FLOAT64', 'Temperature.', 'One row per airport and hour of observed weather.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__weather`'),
        struct('feat_airport__weather', 1, true, 'humidity_percent', 'FLOAT64', 'Relative humidity.', 'One row per airport and hour of observed weather.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__weather`'),
        struct('feat_airport__weather', 1, true, 'wind_speed_mph', 'FLOAT64', 'Wind speed.', 'One row per airport and hour of observed weather.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__weather`'),
        struct('feat_airport__weather', 1, true, 'precipitation_inches', 'FLOAT64', 'Precipitation.', 'One row per airport and hour of observed weather.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__weather`'),
        struct('feat_airport__weather', 1, true, 'visibility_miles', 'FLOAT64', 'Visibility.', 'One row per airport and hour of observed weather.', 'airport', 'airport_code', 'event_at', 'known_at', '3 hours', 10800, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_airport__weather`'),
        struct('feat_carrier__punctuality', 1, true, 'flights_count_7d', 'INT64', 'Scheduled flights of the last 7 days.', 'One row per carrier and flight date on which it flew: its punctuality over the days up to that date.', 'carrier', 'carrier_code', 'event_at', 'known_at', '72 hours', 259200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_carrier__punctuality`'),
        struct('feat_carrier__punctuality', 1, true, 'late_departure_rate_7d', 'FLOAT64', 'Share of departed flights more than 15 minutes late, last 7 days.', 'One row per carrier and flight date on which it flew: its punctuality over the days up to that date.', 'carrier', 'carrier_code', 'event_at', 'known_at', '72 hours', 259200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_carrier__punctuality`'),
        struct('feat_carrier__punctuality', 1, true, 'departure_delay_minutes_mean_7d', 'FLOAT64', 'Mean departure delay, last 7 days.', 'One row per carrier and flight date on which it flew: its punctuality over the days up to that date.', 'carrier', 'carrier_code', 'event_at', 'known_at', '72 hours', 259200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_carrier__punctuality`'),
        struct('feat_carrier__punctuality', 1, true, 'cancelled_rate_28d', 'FLOAT64', 'Share of scheduled flights that never departed, last 28 days.', 'One row per carrier and flight date on which it flew: its punctuality over the days up to that date.', 'carrier', 'carrier_code', 'event_at', 'known_at', '72 hours', 259200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_carrier__punctuality`'),
        struct('feat_carrier__punctuality', 1, true, 'late_departure_rate_28d', 'FLOAT64', 'Share of departed flights more than 15 minutes late, last 28 days.', 'One row per carrier and flight date on which it flew: its punctuality over the days up to that date.', 'carrier', 'carrier_code', 'event_at', 'known_at', '72 hours', 259200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_carrier__punctuality`'),
        struct('feat_route__history', 1, true, 'flights_count_28d', 'INT64', 'Scheduled flights of the last 28 days.', 'One row per route (airport of departure and destination) and flight date on which it was flown: its history over the days up to that date.', 'route', 'origin_airport_code, destination_airport_code', 'event_at', 'known_at', '192 hours', 691200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_route__history`'),
        struct('feat_route__history', 1, true, 'late_arrival_rate_28d', 'FLOAT64', 'Share of arrived flights more than 15 minutes late, last 28 days; NULL if none arrived.', 'One row per route (airport of departure and destination) and flight date on which it was flown: its history over the days up to that date.', 'route', 'origin_airport_code, destination_airport_code', 'event_at', 'known_at', '192 hours', 691200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_route__history`'),
        struct('feat_route__history', 1, true, 'arrival_delay_minutes_mean_28d', 'FLOAT64', 'Mean arrival delay, last 28 days.', 'One row per route (airport of departure and destination) and flight date on which it was flown: its history over the days up to that date.', 'route', 'origin_airport_code, destination_airport_code', 'event_at', 'known_at', '192 hours', 691200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_route__history`'),
        struct('feat_route__history', 1, true, 'air_time_minutes_mean_28d', 'FLOAT64', 'Mean time in the air, last 28 days.', 'One row per route (airport of departure and destination) and flight date on which it was flown: its history over the days up to that date.', 'route', 'origin_airport_code, destination_airport_code', 'event_at', 'known_at', '192 hours', 691200, true, 'operations@example.com', 'delay', null, '', '', '`demo`.`azekura_features`.`feat_route__history`')
    ])
) as declared

)

select
    view_name,
    view_version,
    is_latest,
    feature_name,
    data_type,
    description,
    view_description,
    entity,
    keys,
    event_time,
    known_time,
    ttl,
    ttl_seconds,
    is_online,
    owner,
    tags,
    deprecated_at,
    services,
    models,
    relation_name
from declared
