select * from {{ serving_skew('`demo`.`marts`.`request_log`', 'feat_airport__traffic') }} as skew
