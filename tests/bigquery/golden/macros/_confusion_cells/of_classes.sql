select * from (
        select
            cast(cell.expected_label as string) as expected_label,
            predicted_label,
            int64(cell.cells[predicted_label]) as rows_count
        from (
            select matrix.expected_label, to_json(matrix) as cells
            from ml.confusion_matrix(
    model `demo`.`azekura_ml`.`ml_flight__trees`
) as matrix
        ) as cell
        cross join unnest(json_keys(cell.cells, 1)) as predicted_label
        where predicted_label != 'expected_label'
    ) as cells
