{{ external_table_sql(api.Relation.create('demo', 'azekura_lake_files', 'weather'), _lake_table('nycflights13', 'weather'), 'gs://bucket/lake/') }}
