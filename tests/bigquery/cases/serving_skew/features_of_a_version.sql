select * from {{ serving_skew(
    'select * from `demo`.`marts`.`request_log` where requested_at >= timestamp \'2013-06-14\'',
    'feat_airport__weather',
    version=1,
    features=['humidity_percent']
) }} as skew
