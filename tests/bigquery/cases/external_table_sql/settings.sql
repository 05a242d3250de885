{{ external_table_sql(
    api.Relation.create('demo', 'azekura_lake_files', 'carriers'), _lake_table('nycflights13', 'carriers'), 'gs://bucket/lake',
    {'connection': 'demo.us.lake', 'max_staleness': '0-0 0 4:0:0'}
) }}
