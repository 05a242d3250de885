{{ lake_rows(api.Relation.create('demo', 'azekura_lake_files', 'airports'), _lake_table('nycflights13', 'airports')) }}
