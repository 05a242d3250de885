select * from {{ bigquery__ml_centroids('`demo`.`azekura_ml`.`ml_flight__clusters`', false) }} as centroids
