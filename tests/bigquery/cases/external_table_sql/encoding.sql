{{ external_table_sql(
    api.Relation.create('demo', 'azekura_lake_files', 'orders'),
    {
        'source_name': 'shop', 'name': 'orders', 'columns': {},
        'config': {'meta': {'lake': {'format': 'csv', 'encoding': 'utf-16-le'}}},
    },
    'gs://bucket/lake'
) }}
