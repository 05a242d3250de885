select rows_count, checksum from (
    select
        count(*) as rows_count,
        cast(coalesce(sum(cast(farm_fingerprint(to_json_string(counted)) as numeric)), 0) as string) as checksum
    from (
select carrier_code, distance_miles from `demo`.`marts`.`flights`
    ) as counted
) as training_rows
