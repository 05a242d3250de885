{{ lake_rows(api.Relation.create('demo', 'lake_files', 'flights'), _lake_table('nycflights13', 'flights')) }}
