-- built after what the catalogue of models names
-- depends_on: `demo`.`azekura_catalogue`.`model_catalogue`
with

counted as (

    select * from (
    select 'ml_delay_band__model' as model_name, expected_label, predicted_label, rows_count
    from (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_delay_band__model`
) as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    ) as cells
    union all
    select 'ml_delay_band__model_boosted_tree' as model_name, expected_label, predicted_label, rows_count
    from (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_delay_band__model_boosted_tree`
) as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    ) as cells
    union all
    select 'ml_late_arrival__model' as model_name, expected_label, predicted_label, rows_count
    from (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_late_arrival__model`
) as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    ) as cells
    union all
    select 'ml_late_arrival__model_boosted_tree' as model_name, expected_label, predicted_label, rows_count
    from (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_late_arrival__model_boosted_tree`
) as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    ) as cells
) as counted

)

select
    model_name,
    expected_label,
    predicted_label,
    rows_count
from counted
