{{ external_table_sql(
    api.Relation.create('demo', 'azekura_lake_files', 'orders'),
    {
        'source_name': 'shop',
        'name': 'orders',
        'description': "A customer's order.",
        'config': {'meta': {'lake': {'format': 'orc'}}},
        'columns': {'order_id': {'name': 'order_id', 'data_type': 'INT64'}},
    },
    'gs://bucket/lake'
) }}
