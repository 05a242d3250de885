{{ external_table_sql(
    api.Relation.create('demo', 'azekura_lake_files', 'customers'),
    {
        'source_name': 'shop',
        'name': 'customers',
        'config': {'meta': {'lake': {
            'format': 'datastore',
            'export': 'all_namespaces/kind_customer/all_namespaces_kind_customer.export_metadata',
        }}},
        'columns': {},
    },
    'gs://bucket/lake'
) }}
