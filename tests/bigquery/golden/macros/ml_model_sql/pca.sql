create or replace model `demo`.`azekura_ml`.`ml_flight__model`
options(
    model_type = 'PCA',
    pca_explained_variance_ratio = 0.9,
    pca_solver = 'FULL'
) as (
select distance_miles, air_time_minutes from `demo`.`marts`.`flights`
)
