{{ external_table_sql(api.Relation.create('demo', 'azekura_lake_files', 'flights'), _lake_table('nycflights13', 'flights'), 'gs://bucket/lake/') }}
