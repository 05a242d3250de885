select * from {{ _confusion_cells('`demo`.`azekura_ml`.`ml_flight__trees`') }} as cells
