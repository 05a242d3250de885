{{ lake_rows(api.Relation.create('demo', 'azekura_lake_files', 'flights'), _lake_table('nycflights13', 'flights')) }}
