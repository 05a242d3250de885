select * from (select cast(null as timestamp) as trained_at, cast(null as int64) as rows_used) as facts
