-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

trained as (

    select * from (
    select
        'ml_air_time__model' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_air_time__model__runs`
    union all
    select
        'ml_airport_segments__model' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_airport_segments__model__runs`
    union all
    select
        'ml_delay_band__model' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_delay_band__model__runs`
    union all
    select
        'ml_delay_band__model_boosted_tree' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree__runs`
    union all
    select
        'ml_departures_forecast__model' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_departures_forecast__model__runs`
    union all
    select
        'ml_late_arrival__model' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_late_arrival__model__runs`
    union all
    select
        'ml_late_arrival__model_boosted_tree' as model_name,
        run_id, trained_at, model_version, rows_count, checksum, definition_hash, feature_service
    from `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree__runs`
) as trained

)

select
    model_name,
    run_id,
    trained_at,
    model_version,
    rows_count,
    checksum,
    definition_hash,
    feature_service
from trained
