with

trained as (

    select * from (
    select
        declared.*,
        known.trained_at,
        known.rows_count
    from (
    select *
    from unnest(array<struct<model_name string, use_case string, model_type string, label string, description string, owner string, tags string, training_set string, service string, evaluation string, predictions string, relation_name string>>[
        struct('ml_air_time__model', 'air_time', 'LINEAR_REG', 'air_time_minutes', 'One trained model: linear regression of the time in the air. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_air_time__training_set', 'air_time', 'ml_air_time__evaluation', 'ml_air_time__predictions', '`demo`.`azekura_ml`.`ml_air_time__model`'),
        struct('ml_airport_segments__model', 'airport_segments', 'KMEANS', null, 'One trained model: five clusters of destination airports. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_airport_segments__training_set', null, 'ml_airport_segments__evaluation', 'ml_airport_segments__predictions', '`demo`.`azekura_ml`.`ml_airport_segments__model`'),
        struct('ml_delay_band__model', 'delay_band', 'LOGISTIC_REG', 'delay_band', 'One trained model: multinomial logistic regression of how late a flight arrives. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_delay_band__training_set', null, 'ml_delay_band__evaluation', null, '`demo`.`azekura_ml`.`ml_delay_band__model`'),
        struct('ml_delay_band__model_boosted_tree', 'delay_band', 'BOOSTED_TREE_CLASSIFIER', 'delay_band', 'One trained model: boosted trees for how late a flight arrives. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_delay_band__training_set', null, 'ml_delay_band__evaluation', 'ml_delay_band__predictions', '`demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree`'),
        struct('ml_departures_forecast__model', 'departures_forecast', 'ARIMA_PLUS', null, 'One trained model: a series of daily departures for each origin airport and day from which there is a forecast. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_departures_forecast__training_set', null, 'ml_departures_forecast__evaluation', 'ml_departures_forecast__predictions', '`demo`.`azekura_ml`.`ml_departures_forecast__model`'),
        struct('ml_late_arrival__model', 'late_arrival', 'LOGISTIC_REG', 'is_late_arrival', 'One trained model: logistic regression of whether a flight arrives more than 15 minutes late. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_late_arrival__training_set', 'late_arrival', 'ml_late_arrival__evaluation', null, '`demo`.`azekura_ml`.`ml_late_arrival__model`'),
        struct('ml_late_arrival__model_boosted_tree', 'late_arrival', 'BOOSTED_TREE_CLASSIFIER', 'is_late_arrival', 'One trained model: boosted trees for whether a flight arrives more than 15 minutes late. A table of one row on DuckDB, a MODEL on BigQuery.', null, '', 'ml_late_arrival__training_set', 'late_arrival', 'ml_late_arrival__evaluation', 'ml_late_arrival__predictions', '`demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree`')
    ])
) as declared
    left join (
    select
        'ml_air_time__model' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_air_time__model__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_airport_segments__model' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_airport_segments__model__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_delay_band__model' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_delay_band__model__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_delay_band__model_boosted_tree' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_departures_forecast__model' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_departures_forecast__model__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_late_arrival__model' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_late_arrival__model__runs`
    ) as runs
    where run_number = 1
    union all
    select
        'ml_late_arrival__model_boosted_tree' as model_name,
        trained_at,
        rows_count
    from (
        select
            trained_at,
            rows_count,
            row_number() over (order by trained_at desc, run_id desc) as run_number
        from `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree__runs`
    ) as runs
    where run_number = 1
) as known on declared.model_name = known.model_name
) as trained

)

select
    model_name,
    use_case,
    model_type,
    label,
    description,
    owner,
    tags,
    trained_at,
    rows_count,
    training_set,
    service,
    evaluation,
    predictions,
    relation_name
from trained
